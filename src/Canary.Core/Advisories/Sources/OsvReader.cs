using Canary.Advisories.Versions;
using Canary.Packages;
using Canary.Packages.Json;

namespace Canary.Advisories.Sources;

/// <summary>Records of the OSV schema (https://ossf.github.io/osv-schema/): one object a file, or a list of them.</summary>
internal static class OsvReader
{
    public static void Read(SourceFile file, SourceTerms terms, Statements into)
    {
        try
        {
            var root = JsonFile.Read(file);
            foreach (var part in root is JsonList list ? list.Items : [root])
            {
                if (part is JsonMap record)
                    Record(record, file, terms, into);
                else
                    into.Fault(file.Path, file.LineOf(part.Offset), "no OSV record: not a JSON object");
            }
        }
        catch (UnreadableFileException e)
        {
            into.Fault(file.Path, e.Line, e.Message);
        }
    }

    private static void Record(JsonMap record, SourceFile file, SourceTerms terms, Statements into)
    {
        if (record.Text("id") is not { } id || !SourceTerms.IsWord(id))
        {
            into.Fault(file.Path, file.LineOf(record.Offset), "no OSV record: 'id' is missing");
            return;
        }

        if (record.Find("withdrawn") is JsonText { Text.Length: > 0 })
        {
            into.Withdraw(id);
            return;
        }

        if (record.List("affected") is not { } affected)
        {
            into.Fault(file.Path, file.LineOf(record.Offset), $"{id} has no list 'affected'");
            return;
        }

        string[] aliases = [.. Words(record.List("aliases"))];
        string[] origins = [.. (record.Map("database_specific")?.List("malicious-packages-origins")?.Items ?? [])
            .OfType<JsonMap>().Select(o => o.Text("source")).OfType<string>().Where(SourceTerms.IsWord).Distinct(StringComparer.Ordinal)];
        foreach (var part in affected.Items)
        {
            if (part is not JsonMap package || package.Map("package") is not { } named
                || named.Text("ecosystem") is not { } ecosystem || named.Text("name") is not { } name || !SourceTerms.IsWord(name))
            {
                into.CannotSay(file.Path, file.LineOf(part.Offset), $"{id}: an entry of 'affected' names no package");
                continue;
            }

            var statement = new AdvisoryStatement(PackageNames.EcosystemOf(ecosystem), name, origins.Length > 0 ? origins : [terms.Name]) { Id = id, Aliases = aliases, Campaign = terms.Campaign };
            if (WithVersions(statement, package, file, into) is { } whole)
                into.Add(whole);
        }
    }

    private static AdvisoryStatement? WithVersions(AdvisoryStatement statement, JsonMap package, SourceFile file, Statements into)
    {
        string[] versions = [.. Words(package.List("versions"))];
        if (package.List("versions") is { } written && written.Items.Count != versions.Length)
            into.CannotSay(file.Path, file.LineOf(written.Offset), $"{statement.Id}: {written.Items.Count - versions.Length} of the versions of '{statement.Name}' are none");
        var order = VersionOrders.Of(statement.Ecosystem);
        var ranges = new List<VersionRange>();
        bool every = false;
        foreach (var range in (package.List("ranges")?.Items ?? []).OfType<JsonMap>().Where(r => r.Text("type") is "SEMVER" or "ECOSYSTEM"))
        {
            foreach (var part in RangesOf(range))
            {
                if (part is { Introduced: null, Fixed: null, LastAffected: null })
                    every = true;
                else if (order is not null && Stands(part, order))
                    ranges.Add(part);
                else if (versions.Length == 0 || order is not null)
                    into.CannotSay(file.Path, file.LineOf(range.Offset), order is null
                        ? $"{statement.Id}: ranges of {statement.Ecosystem} are not understood, only exact versions"
                        : $"{statement.Id}: a range of '{statement.Name}' whose ends are no versions of {statement.Ecosystem}");
            }
        }

        if (!every && versions.Length == 0 && ranges.Count == 0)
        {
            into.CannotSay(file.Path, file.LineOf(package.Offset), $"{statement.Id}: no version of '{statement.Name}' that can be told");
            return null;
        }

        return statement with { Versions = versions, Ranges = ranges, EveryVersion = every };
    }

    private static IEnumerable<VersionRange> RangesOf(JsonMap range)
    {
        string? introduced = null;
        bool open = false;
        foreach (var step in (range.List("events")?.Items ?? []).OfType<JsonMap>())
        {
            if (step.Text("introduced") is { } from && !open)
            {
                introduced = from == "0" ? null : from;
                open = true;
            }
            else if (open && (step.Text("fixed") ?? step.Text("last_affected")) is { } end)
            {
                yield return step.Text("fixed") is null ? new VersionRange(introduced, null, end) : new VersionRange(introduced, end, null);
                open = false;
            }
        }

        if (open)
            yield return new VersionRange(introduced, null, null);
    }

    private static bool Stands(VersionRange range, IVersionOrder order) =>
        new[] { range.Introduced, range.Fixed, range.LastAffected }.All(v => v is null || (SourceTerms.IsWord(v) && order.Compare(v, v) == 0));

    private static IEnumerable<string> Words(JsonList? list) => (list?.Items ?? []).OfType<JsonText>().Select(t => t.Text).Where(SourceTerms.IsWord);
}
