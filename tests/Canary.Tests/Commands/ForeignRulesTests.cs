using System.CommandLine;
using System.Text.Json;
using Canary.Commands;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Commands;

/// <summary>Somebody drops all of SigmaHQ into a rule directory.</summary>
public sealed class ForeignRulesTests(ForeignRulesTests.Unpacked rules) : IClassFixture<ForeignRulesTests.Unpacked>
{
    private readonly TemporaryDirectory _directory = rules.Directory;

    public sealed class Unpacked : IDisposable
    {
        public Unpacked() => SigmaHq.Unpack(Directory.Path);

        public TemporaryDirectory Directory { get; } = new();

        public void Dispose() => Directory.Dispose();
    }

    [Fact]
    public void Check_says_what_is_wrong_with_which_rule_and_counts()
    {
        var (code, lines) = Run("rules", "check");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Equal("3780 files, 3714 rules stand, 25 refused, 41 not supported here", lines[^1]);
        Assert.Equal(66, lines[..^1].Select(l => l.Split(':')[0]).Distinct().Count());
        Assert.All(lines[..^1], line => Assert.Matches(@"^/.+\.yml:\d+:\d+: ", line));
    }

    [Fact]
    public void List_has_a_row_for_each_rule_that_stands()
    {
        var (_, table) = Run("rules", "list");
        Assert.Equal(1 + 3714 + 1, table.Length);
        var (_, json) = Run("rules", "list", "--json");
        Assert.Equal(3714, json.Select(l => JsonDocument.Parse(l).RootElement).Count(l => l.GetProperty("kind").GetString() == "rule"));
    }

    [Fact]
    public void The_monitor_starts_without_the_rules_that_it_cannot_run_and_has_counted_them()
    {
        var parsed = CommandTree.Create().Parse(["watch", "--rules", _directory.Path]);
        var settings = Settings.Load(parsed, withRules: true);
        Assert.Empty(settings.Faults);
        Assert.Equal((25, 41), (settings.Rules!.Refused, settings.Rules.Unsupported));
        Assert.True(settings.Rules.Book.Rules.Count > 3714);
        var strict = Settings.Load(CommandTree.Create().Parse(["watch", "--strict", "--rules", _directory.Path]), withRules: true);
        Assert.NotEmpty(strict.Faults);
    }

    private (int Code, string[] Lines) Run(params string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        int code = CommandTree.Create().Parse([.. args, "--no-default-rules", "--rules", _directory.Path]).Invoke(new InvocationConfiguration { Output = output });
        return (code, output.ToString().TrimEnd('\n').Split('\n'));
    }
}
