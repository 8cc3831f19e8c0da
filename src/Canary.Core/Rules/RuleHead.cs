using System.Security.Cryptography;
using System.Text;
using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Reads what a rule says of itself: everything but its detection.</summary>
internal sealed class RuleHead(YamlMap document, RuleSource source, Diagnostics faults)
{
    /// <summary>What a document may have at its top, whatever its kind.</summary>
    internal static readonly string[] Keys =
    [
        "title", "id", "name", "related", "taxonomy", "status", "description", "license", "author", "references", "date", "modified",
        "logsource", "detection", "fields", "falsepositives", "level", "tags", "scope", "correlation", "filter", "generate", "canary",
        "regression_tests_path", "simulation",
    ];

    internal const int LongestTitle = 256;

    internal static readonly string[] Statuses = ["stable", "test", "experimental", "deprecated", "unsupported"];
    internal static readonly string[] LevelWords = [.. Enum.GetValues<Level>().Select(l => l.Word())];

    public string? Name => Word("name");

    public string? Status
    {
        get
        {
            if (Word("status") is not { } status || Statuses.Contains(status))
                return Word("status");
            Fault("status", $"unknown status '{Printable.Line(status, 40)}'{Nearest.Suggestion(status, Statuses)}; one of {string.Join(", ", Statuses)}");
            return null;
        }
    }

    /// <param name="slug">The file's name, or for one of several documents a name of its own.</param>
    public RuleFacts Facts(string slug)
    {
        CheckKeys();
        string title = Required("title") ?? "";
        if (title.Length > LongestTitle)
            Fault("title", $"a title may have {LongestTitle} characters");
        var level = Level.Medium;
        if (Word("level") is { } word && !Levels.TryParse(word, out level))
            Fault("level", $"unknown level '{Printable.Line(word, 40)}'{Nearest.Suggestion(word, LevelWords)}; one of {string.Join(", ", LevelWords)}");
        foreach (string date in (string[])["date", "modified"])
        {
            if (Word(date) is { } day && !IsDate(day))
                Fault(date, $"'{Printable.Line(day, 40)}' is not a date; write 2026-01-31");
        }

        return new RuleFacts(
            Id(title), slug, title, level, Strings("tags"), Word("description")?.Trim(), Word("author"), Strings("references"), Strings("falsepositives"));
    }

    private void CheckKeys()
    {
        foreach (var (key, _) in document.Entries)
        {
            if (Keys.Contains(key.Text))
                continue;
            // Sigma allows keys of one's own, so only what looks like a slip is a fault.
            if (Nearest.To(key.Text, Keys) is { } near)
                faults.Add(key, $"unknown key '{Printable.Line(key.Text, 40)}'; did you mean '{near}'?");
        }
    }

    private string Id(string title)
    {
        if (Word("id") is { } id)
        {
            if (Guid.TryParseExact(id, "D", out _))
                return id.ToLowerInvariant();
            Fault("id", $"'{Printable.Line(id, 60)}' is not a UUID; `uuidgen` makes one");
        }

        // Without one, the id is made of what is least likely to change.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(source.Path) + "\n" + title));
        return new Guid(hash.AsSpan(0, 16)).ToString("D");
    }

    public string? Required(string key)
    {
        if (document.Find(key) is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
            return scalar.Text;
        if (document.Find(key) is { } other)
            faults.Add(other, $"'{key}' must be a text");
        else
            faults.Add(document, $"'{key}' is missing");
        return null;
    }

    private string? Word(string key)
    {
        var node = document.Find(key);
        if (node is null or YamlScalar { IsNull: true })
            return null;
        if (node is YamlScalar scalar)
            return scalar.Text;
        faults.Add(node, $"'{key}' must be a text");
        return null;
    }

    private IReadOnlyList<string> Strings(string key)
    {
        var node = document.Find(key);
        if (node is null or YamlScalar { IsNull: true })
            return [];
        if (node is YamlScalar scalar)
            return [scalar.Text];
        if (node is YamlList list && list.Items.All(i => i is YamlScalar))
            return [.. list.Items.Cast<YamlScalar>().Select(s => s.Text)];
        faults.Add(node, $"'{key}' must be a list of texts");
        return [];
    }

    private static bool IsDate(string text) =>
        DateOnly.TryParseExact(text, ["yyyy-MM-dd", "yyyy/MM/dd"], System.Globalization.CultureInfo.InvariantCulture, default, out _);

    private void Fault(string key, string message) => faults.Add(document.Find(key)!, message);
}
