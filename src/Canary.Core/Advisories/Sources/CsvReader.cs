using System.Text;
using Canary.Packages;

namespace Canary.Advisories.Sources;

/// <summary>
/// Tables of indicators. Three shapes are known by their first line: <c>package_name, package_versions, sources</c> (npm),
/// <c>artifact_type, name, affected_versions</c>, and <c>type, indicator, context</c>.
/// </summary>
internal static class CsvReader
{
    private const string PackageWord = " package";

    public static void Read(SourceFile file, SourceTerms terms, Statements into)
    {
        string[]? head = null;
        foreach (var (line, cells) in Rows(Encoding.UTF8.GetString(file.Bytes.Span).TrimStart('\uFEFF'), file, into))
        {
            if (head is null)
            {
                head = cells;
                if (Shape(head) is null)
                {
                    into.Fault(file.Path, line, "no table of a known shape: the first line must be package_name,package_versions[,sources] or artifact_type,name,affected_versions or type,indicator,context");
                    return;
                }
            }
            else if (cells.Length != head.Length)
            {
                into.Fault(file.Path, line, $"{cells.Length} cells where the first line has {head.Length}");
            }
            else
            {
                Row(Shape(head)!, cells, file, line, terms, into);
            }
        }
    }

    private static string? Shape(string[] head) => string.Join(',', head.Select(h => h.Trim().ToLowerInvariant())) switch
    {
        "package_name,package_versions,sources" or "package_name,package_versions" => "packages",
        "artifact_type,name,affected_versions" => "artifacts",
        "type,indicator,context" => "indicators",
        _ => null,
    };

    private static void Row(string shape, string[] cells, SourceFile file, int line, SourceTerms terms, Statements into)
    {
        switch (shape)
        {
            case "packages":
                string[] named = cells.Length > 2 ? Split(cells[2]) : [];
                Package(Ecosystem.Npm, cells[0], cells[1], named.Length > 0 ? named : [terms.Name]);
                return;
            case "artifacts":
                string kind = cells[0].Trim().ToLowerInvariant();
                kind = kind.EndsWith(PackageWord, StringComparison.Ordinal) ? kind[..^PackageWord.Length] : kind;
                if (PackageNames.IsEcosystem(kind))
                    Package(PackageNames.EcosystemOf(kind), cells[1], cells[2], [terms.Name]);
                else
                    into.CannotSay(file.Path, line, $"an artifact of kind '{cells[0]}' is no package");
                return;
            default:
                Indicator(cells);
                return;
        }

        void Indicator(string[] row)
        {
            string type = row[0].Trim().ToLowerInvariant(), value = row[1].Trim();
            int at = value.LastIndexOf('@');
            if (type == "sha256" && SourceTerms.IsDigest(value))
                into.Add(new PayloadStatement(value.ToLowerInvariant(), terms.Campaign ?? terms.Name, row[2].Trim()));
            else if (type.EndsWith(PackageWord, StringComparison.Ordinal) && PackageNames.IsEcosystem(type[..^PackageWord.Length]) && at > 0)
                Package(PackageNames.EcosystemOf(type[..^PackageWord.Length]), value[..at], value[(at + 1)..], [terms.Name]);
            else
                into.CannotSay(file.Path, line, $"an indicator of type '{row[0]}' is neither a package nor a file's SHA-256");
        }

        void Package(string ecosystem, string name, string versions, IReadOnlyList<string> sources)
        {
            var exact = new List<string>();
            var ranges = new List<VersionRange>();
            foreach (string part in Split(versions))
            {
                string version = part.TrimStart('=', ' ');
                string[] ends = version.Split(" to ", StringSplitOptions.TrimEntries);
                if (SourceTerms.IsWord(version))
                    exact.Add(version);
                else if (ends.Length == 2 && ends.All(SourceTerms.IsWord) && Versions.VersionOrders.Of(ecosystem)?.Compare(ends[0], ends[1]) <= 0)
                    ranges.Add(new VersionRange(ends[0], null, ends[1]));
                else
                    into.CannotSay(file.Path, line, $"'{part}' is no version and no range of two");
            }

            if (!SourceTerms.IsWord(name.Trim()))
                into.Fault(file.Path, line, "no name of a package");
            else if (exact.Count + ranges.Count > 0)
                into.Add(new AdvisoryStatement(ecosystem, name.Trim(), sources) { Versions = exact, Ranges = ranges, Campaign = terms.Campaign });
            else if (Split(versions).Length == 0)
                into.Fault(file.Path, line, "no version");
        }
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // RFC 4180: cells in quotes hold commas, line ends and doubled quotes.
    private static IEnumerable<(int Line, string[] Cells)> Rows(string text, SourceFile file, Statements into)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false;
        int line = 1, began = 1;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
                line++;
            if (quoted)
            {
                if (c != '"')
                    cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    cell.Append(text[i++]);
                else
                    quoted = false;
            }
            else if (c == '"' && cell.Length == 0)
            {
                quoted = true;
            }
            else if (c is ',' or '\n')
            {
                cells.Add(cell.ToString());
                cell.Clear();
                if (c == ',')
                    continue;
                if (cells.Count > 1 || cells[0].Length > 0)
                    yield return (began, [.. cells]);
                cells.Clear();
                began = line;
            }
            else if (c != '\r')
            {
                cell.Append(c);
            }
        }

        if (quoted)
        {
            into.Fault(file.Path, began, "a quote is never closed");
        }
        else if (cells.Count > 0 || cell.Length > 0)
        {
            cells.Add(cell.ToString());
            yield return (began, [.. cells]);
        }
    }
}
