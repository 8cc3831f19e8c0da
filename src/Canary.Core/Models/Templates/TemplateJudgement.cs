using System.Security.Cryptography;
using System.Text;
using Canary.Text;

namespace Canary.Models.Templates;

/// <summary>What a chat template can do besides laying out a conversation. It runs over every message, before every answer.</summary>
public static class TemplateJudgement
{
    /// <summary>In bytes; the largest known have some tens of thousands.</summary>
    public const int MostBytes = 1024 * 1024;

    public static void TooLarge(string name, ModelFacts facts, ModelInspection inspection) =>
        facts.Report("jinja-too-large", ModelVerdict.Unknown, inspection.At(Printable.Line(name, 120)), $"the template is larger than {MostBytes} bytes and was not read");

    /// <summary>Judges the UTF-8 text of a template, and keeps it among the facts.</summary>
    /// <param name="name">The key or file that holds it.</param>
    public static void Judge(string name, ReadOnlySpan<byte> utf8, ModelFacts facts, ModelInspection inspection)
    {
        if (utf8.Length > MostBytes)
        {
            TooLarge(name, facts, inspection);
            return;
        }

        // The mark of an encoding at the very beginning is nobody's text.
        string text = Encoding.UTF8.GetString(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8);
        facts.Template(new ModelTemplate(name, text, Convert.ToHexStringLower(SHA256.HashData(utf8))));
        var report = new TemplateReport(Printable.Line(name, 120), text, facts, inspection);
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            report.Add("jinja-not-text", ModelVerdict.Unknown, 0, "the template is not valid UTF-8");
        Judge(text, report, inspection);
    }

    private static void Judge(string text, TemplateReport report, ModelInspection inspection)
    {
        var words = new TemplateText(report);
        words.CheckSource();
        inspection.Cancel.ThrowIfCancellationRequested();
        IReadOnlyList<JinjaNode> nodes;
        try
        {
            nodes = JinjaParser.Parse(text);
        }
        catch (JinjaFault fault)
        {
            report.Add("jinja-not-understood", ModelVerdict.Unknown, fault.At, $"the template could not be read: {Printable.Line(fault.Message, 100)}");
            if (TemplateEscape.Mentions(text))
                report.Add("jinja-escape", ModelVerdict.Deny, fault.At, "the template could not be read, and names what only an escape has a use for");
            words.Check(0, text);
            return;
        }

        foreach (var node in JinjaWalk.All(nodes))
        {
            if (node is JinjaLiteral literal)
                words.Check(literal.At, literal.Text);
            else if (node is JinjaConstant { Value: string constant })
                words.Check(node.At, constant);
        }

        inspection.Cancel.ThrowIfCancellationRequested();
        var fold = new JinjaFold(nodes);
        new TemplateEscape(fold, report).Check(nodes);
        inspection.Cancel.ThrowIfCancellationRequested();
        new TemplateConditions(nodes, fold, report).Check();
        if (fold.Exhausted)
            report.Add("jinja-not-understood", ModelVerdict.Unknown, 0, "the template computes more than is computed here");
    }
}
