using Canary.Alerts;
using Canary.Alerts.Story;

namespace Canary.Views;

/// <summary>An alert as lines of plain text.</summary>
internal static class PlainStory
{
    public static void Write(TextWriter output, Alert alert, bool whole)
    {
        output.WriteLine(AlertStory.Headline(alert));
        foreach (var part in AlertStory.Of(alert))
        {
            if (!whole && part.Heading == "What to do")
                continue;
            output.WriteLine("  " + part.Heading);
            foreach (var line in part.Lines)
                output.WriteLine(new string(' ', 4 + (2 * line.Depth)) + (line.Label is null ? line.Text : $"{line.Label}: {line.Text}"));
        }

        if (!whole)
            output.WriteLine($"  canary alerts show {alert.Id}");
        output.WriteLine();
        output.Flush();
    }
}
