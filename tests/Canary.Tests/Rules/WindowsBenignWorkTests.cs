using Canary.Findings;
using Canary.Rules;
using Canary.Tests.Architecture;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>A developer's ordinary days on Windows, those of <c>windows-benign-work.txt</c>, must not be called attacks.</summary>
public sealed class WindowsBenignWorkTests
{
    private static readonly RuleBook Book = RuleLoader.Load(RuleSources.BuiltIn()).Book;
    private static readonly List<Subject> Events = [.. Read()];

    [Fact]
    public void Ordinary_days_on_Windows_alert_at_no_level_above_low() => Faults.None(
        from finding in Sigma.Findings(Book, [.. Events])
        where finding.Rule.Level >= Level.Medium
        select $"{finding.Rule.Slug} ({finding.Rule.Level.Word()}): {string.Join(" ", new[] { "CommandLine", "TargetFilename", "FileName", "TargetObject", "ScriptBlockText" }.Select(f => finding.Subject.Get(Field.Named(f)).ToString()))}");

    [Fact]
    public void They_are_nearly_silent_at_low_as_well() =>
        Assert.InRange(Sigma.Findings(Book, [.. Events]).Count, 0, 3);

    [Fact]
    public void They_are_long_and_of_many_kinds()
    {
        Assert.InRange(Events.Count, 150, 5000);
        Assert.InRange(Events.Select(e => e.Source.Category).Distinct().Count(), 11, 30);
    }

    /// <summary>A commit's message, a search and a note quote what the rules are about. Backticks and <c>$(</c> run in PowerShell even between quotes.</summary>
    [Fact]
    public void Text_about_an_attack_is_no_attack() => Faults.None(
        from rule in Book.Rules
        where rule.Source is { Product: "windows", Category: "process_creation" }
        from test in rule.Cases
        where test.Fires
        let line = test.Events[^1].Fields.Single(f => f.Key == "CommandLine").Value.ToString()!
        where !line.Contains('`', StringComparison.Ordinal)
        from said in About(line)
        from finding in Sigma.Findings(Book, said)
        where finding.Rule.Level >= Level.Medium
        select $"{finding.Rule.Slug}: {said.Get(Field.Named("CommandLine"))}");

    [Fact]
    public void A_theft_in_the_middle_of_them_is_still_seen()
    {
        var theft = Event("file_access", true, Events.Count, ("Image", @"C:\Windows\System32\cmd.exe"), ("FileName", @"C:\Users\dev\.aws\credentials"));
        var sent = Event("network_connection", true, Events.Count + 1, ("Image", @"C:\Windows\System32\curl.exe"), ("DestinationIp", "198.51.100.7"), ("Initiated", "true"));
        Assert.Equal(
            ["windows_credential_opened", "windows_credential_read_then_network"],
            Sigma.Findings(Book, [.. Events, theft, sent]).Where(f => f.Rule.Level >= Level.Medium).Select(f => f.Rule.Slug).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<RecordSubject> About(string line)
    {
        const string Git = @"C:\Program Files\Git\cmd\git.exe", Shell = @"C:\Program Files\PowerShell\7\pwsh.exe";
        string single = line.Replace('"', '\''), twofold = line.Replace('\'', '"');
        string[][] said =
        [
            [Git, $"git commit -m \"fix: no more {single}\""],
            [@"C:\Windows\System32\findstr.exe", $"findstr /s /c:\"{single}\" *.md"],
            [Shell, $"pwsh.exe -Command Select-String -Path docs\\*.md -Pattern '{twofold}'"],
            [Shell, $"pwsh.exe -Command rg -n '{twofold}' docs"],
            [@"C:\Windows\System32\cmd.exe", $"cmd.exe /d /s /c \"rg -n '{twofold}' docs\""],
        ];
        return said.Select((s, i) => Event("process_creation", true, i, ("Image", s[0]), ("CommandLine", s[1])));
    }

    private static IEnumerable<Subject> Read()
    {
        bool agent = false;
        int number = 0;
        foreach (string line in File.ReadLines(Checkout.At("tests/Canary.Tests/Rules/windows-benign-work.txt")))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.StartsWith("== ", StringComparison.Ordinal))
                agent = line.EndsWith("(agent)", StringComparison.Ordinal);
            else
                yield return Read(line[0], line[2..], agent, number++);
        }
    }

    private static RecordSubject Read(char mark, string text, bool agent, int number)
    {
        // A command line may hold the separator itself: only the first is one.
        string[] parts = text.Split(" | ", mark is '$' ? 2 : mark is 's' ? 1 : 3);
        (string, string) image = ("Image", parts[0]);
        return mark switch
        {
            '$' => Event("process_creation", agent, number, image, ("CommandLine", parts[1])),
            'r' => Event("file_access", agent, number, image, ("FileName", parts[1]), ("TargetFilename", parts[1])),
            'w' => Event("file_event", agent, number, image, ("TargetFilename", parts[1]), ("Detail", "write")),
            'm' => Event("file_rename", agent, number, image, ("SourceFilename", parts[1] + ".tmp"), ("TargetFilename", parts[1])),
            'd' => Event("file_delete", agent, number, image, ("TargetFilename", parts[1])),
            'k' => Event("registry_set", agent, number, image, ("TargetObject", parts[1]), ("Details", parts[2]), ("EventType", "SetValue")),
            'l' => Event("image_load", agent, number, image, ("ImageLoaded", parts[1])),
            'q' => Event("dns_query", agent, number, image, ("QueryName", parts[1])),
            'n' => Event("network_connection", agent, number, image, ("DestinationIp", parts[1].Split(' ')[0]), ("Initiated", "true")),
            's' => Event("ps_script", agent, number, ("ScriptBlockText", text)),
            'p' => Event("process_access", agent, number, ("SourceImage", parts[0]), ("TargetImage", parts[1]), ("GrantedAccess", parts[2])),
            't' => Event("create_remote_thread", agent, number, ("SourceImage", parts[0]), ("TargetImage", parts[1])),
            _ => throw new FormatException($"no such mark: {mark}"),
        };
    }

    private static RecordSubject Event(string category, bool agent, int number, params (string Name, string Value)[] fields) => new(
        new LogSource("windows", category),
        fields.Concat(agent ? [("AgentName", "claude-code"), ("AgentSession", "a-day")] : []).Select(p => KeyValuePair.Create(p.Item1, FieldValue.Of(p.Item2))),
        Sigma.Noon + TimeSpan.FromSeconds(2 * number));
}
