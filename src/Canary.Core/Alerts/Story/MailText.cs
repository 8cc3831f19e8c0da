using System.Globalization;
using System.Net;
using System.Text;
using Canary.Findings;
using Canary.Text;

namespace Canary.Alerts.Story;

/// <summary>Subject and bodies of a mail, as text and as HTML, from what is safe to show.</summary>
public static class MailText
{
    private const int MostInDigest = 200;

    public static string Subject(AlertMail mail)
    {
        string host = Printable.Line(mail.Host, 100);
        if (mail.Kind == MailKind.Digest)
        {
            string worst = mail.Alerts.Max(a => a.Level).Word().ToUpperInvariant();
            return string.Create(CultureInfo.InvariantCulture, $"[canary] digest {host}: {mail.Alerts.Count} alerts, up to {worst}");
        }

        var alert = mail.Alerts[0];
        string repeat = mail.Kind == MailKind.Repeat ? string.Create(CultureInfo.InvariantCulture, $" (seen {alert.Count} times)") : "";
        return Printable.Line(
            $"[canary] {alert.Rule.Level.ToUpperInvariant()} {host} {alert.Agent.Name ?? "no agent"}: {alert.Rule.Title}{repeat}", 200);
    }

    public static string Plain(AlertMail mail)
    {
        var text = new StringBuilder();
        if (mail.Kind == MailKind.Digest)
        {
            foreach (var alert in mail.Alerts.Take(MostInDigest))
            {
                text.AppendLine(AlertStory.Headline(alert)).Append("  ").AppendLine(AlertStory.Subject(alert))
                    .Append("  ").AppendLine(DigestFacts(alert)).AppendLine();
            }
        }
        else
        {
            text.AppendLine(AlertStory.Headline(mail.Alerts[0])).AppendLine();
            foreach (var part in AlertStory.Of(mail.Alerts[0]))
            {
                text.AppendLine(part.Heading);
                foreach (var line in part.Lines)
                    text.Append(' ', 2 + (2 * line.Depth)).AppendLine(line.Label is null ? line.Text : $"{line.Label}: {line.Text}");
                text.AppendLine();
            }
        }

        return text.Append(Foot(mail)).ToString().ReplaceLineEndings("\n");
    }

    public static string Html(AlertMail mail)
    {
        var html = new StringBuilder("<!DOCTYPE html><html><body style=\"font:14px/1.45 sans-serif;color:#222;max-width:60em\">");
        if (mail.Kind == MailKind.Digest)
        {
            html.Append("<table cellpadding=\"6\" style=\"border-collapse:collapse\">");
            foreach (var alert in mail.Alerts.Take(MostInDigest))
            {
                html.Append("<tr style=\"border-bottom:1px solid #ddd;vertical-align:top\"><td>").Append(Badge(alert)).Append("</td><td><b>")
                    .Append(Escape(AlertStory.Headline(alert))).Append("</b><br>").Append(Escape(AlertStory.Subject(alert)))
                    .Append("<br><small>").Append(Escape(DigestFacts(alert))).Append("</small></td></tr>");
            }

            html.Append("</table>");
        }
        else
        {
            Story(mail.Alerts[0], html);
        }

        return html.Append("<p style=\"color:#777\"><small>").Append(Escape(Foot(mail)).Replace("\n", "<br>", StringComparison.Ordinal))
            .Append("</small></p></body></html>").ToString();
    }

    private static void Story(Alert alert, StringBuilder html)
    {
        html.Append("<h2 style=\"font-size:18px\">").Append(Badge(alert)).Append(' ').Append(Escape(Printable.Line(alert.Rule.Title, 200))).Append("</h2>");
        foreach (var part in AlertStory.Of(alert))
        {
            html.Append("<h3 style=\"font-size:14px;margin:1em 0 .3em\">").Append(Escape(part.Heading)).Append("</h3>");
            foreach (var line in part.Lines)
            {
                html.Append(CultureInfo.InvariantCulture, $"<div style=\"margin-left:{line.Depth * 16}px;overflow-wrap:anywhere\">");
                if (line.Label is not null)
                    html.Append("<span style=\"color:#777\">").Append(Escape(line.Label)).Append("</span> ");
                html.Append(line.Strong ? "<b><code>" : "<code>").Append(Escape(line.Text)).Append(line.Strong ? "</code></b>" : "</code>").Append("</div>");
            }
        }
    }

    private static string Badge(Alert alert) =>
        $"<span style=\"background:{Colour(alert.Level)};color:#fff;padding:1px 6px;border-radius:3px\">{Escape(alert.Level.Word().ToUpperInvariant())}</span>";

    private static string Colour(Level level) => level switch
    {
        Level.Critical => "#8b0000",
        Level.High => "#c0392b",
        Level.Medium => "#b9770e",
        Level.Low => "#2874a6",
        _ => "#707b7c",
    };

    private static string DigestFacts(Alert alert) => string.Create(
        CultureInfo.InvariantCulture, $"{AlertStory.Clock(alert.Time)}, seen {alert.Count} times, canary alerts show {alert.Id}");

    private static string Foot(AlertMail mail)
    {
        var foot = new StringBuilder();
        if (mail.Alerts.Count > MostInDigest)
            foot.Append(CultureInfo.InvariantCulture, $"{mail.Alerts.Count - MostInDigest} more are in 'canary alerts list'.\n");
        foot.Append("Sent by Canary on ").Append(Printable.Line(mail.Host, 100)).Append(". Secrets are cut out before anything is stored or sent.\n");
        if (mail.Attempt > 1)
        {
            foot.Append(CultureInfo.InvariantCulture, $"Attempt {mail.Attempt}: an earlier one ended without an answer. ")
                .Append("Should this mail come twice, both copies have the same Message-ID.\n");
        }

        return foot.ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
