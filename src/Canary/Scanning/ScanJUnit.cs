using System.Globalization;
using System.Xml;
using Canary.Findings;
using Canary.Text;

namespace Canary.Scanning;

/// <summary>JUnit's XML: each file that names packages is a test, each finding in it a failure.</summary>
internal sealed class ScanJUnit : IScanFormat
{
    public string Name => "junit";

    public void Write(TextWriter to, ScanReport report)
    {
        // What does not fail the scan fails no test of it.
        var failing = report.Findings.Where(f => f.Rule.Level >= report.FailOn || f.IsUnread).ToList();
        var byFile = failing.Where(f => f.Counts).ToLookup(f => f.File);
        var passed = failing.Where(f => !f.Counts).ToLookup(f => f.File);
        var files = report.Inventory.Packages.Select(p => p.File).Concat(failing.Select(f => f.File)).Distinct().Order(StringComparer.Ordinal).ToList();
        using var w = XmlWriter.Create(to, new XmlWriterSettings { Indent = true, CloseOutput = false });
        w.WriteStartElement("testsuites");
        w.WriteStartElement("testsuite");
        w.WriteAttributeString("name", "canary scan");
        w.WriteAttributeString("tests", files.Count.ToString(CultureInfo.InvariantCulture));
        w.WriteAttributeString("failures", byFile.Count.ToString(CultureInfo.InvariantCulture));
        w.WriteAttributeString("skipped", passed.Count(g => !byFile.Contains(g.Key)).ToString(CultureInfo.InvariantCulture));
        w.WriteAttributeString("time", report.Seconds.ToString("0.000", CultureInfo.InvariantCulture));
        foreach (string file in files)
        {
            w.WriteStartElement("testcase");
            w.WriteAttributeString("classname", "canary.scan");
            w.WriteAttributeString("name", Printable.Line(file.Length == 0 ? "." : file));
            if (byFile.Contains(file))
            {
                w.WriteStartElement("failure");
                w.WriteAttributeString("message", $"{byFile[file].Count()} findings");
                foreach (var finding in byFile[file])
                    w.WriteString(Printable.Line($"{finding.Rule.Level.Word()} {finding.Rule.Title}: {finding.Identity} (line {finding.Line}): {finding.Why}") + "\n");
                w.WriteEndElement();
            }
            else if (passed.Contains(file))
            {
                w.WriteStartElement("skipped");
                w.WriteAttributeString("message", Printable.Line(string.Join("; ", passed[file].Select(Passed)), 2000));
                w.WriteEndElement();
            }

            w.WriteEndElement();
        }

        w.WriteEndElement();
        w.WriteEndElement();
    }

    private static string Passed(ScanFinding finding) => $"{finding.Rule.Title}: {finding.Identity}, "
        + (finding.Waived is { } waived ? string.Create(CultureInfo.InvariantCulture, $"waived by {waived.Owner} until {waived.Until:yyyy-MM-dd}: {waived.Reason}") : "known from before");
}
