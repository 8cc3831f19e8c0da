using Canary.Commands;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Commands;

/// <summary>The manual page names what the program has, and nothing that it has not.</summary>
public sealed class ManPageTests
{
    private static readonly string[] Page = File.ReadAllLines(Checkout.At("docs/canary.1"));

    [Fact]
    public void Every_command_is_on_the_page_and_no_other() =>
        Assert.Equal(CommandTree.Create().Subcommands.Select(c => c.Name).Order(), Heads("COMMANDS").Order());

    [Fact]
    public void Every_part_of_a_command_is_on_the_page() => Assert.All(
        CommandTree.Create().Subcommands.Where(c => c.Subcommands.Count > 0),
        command => Assert.Contains($".B {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}:", Page));

    [Fact]
    public void Every_global_option_is_on_the_page_and_no_other() => Assert.Equal(
        CommandTree.Create().Options.Where(o => !o.Hidden).Select(o => o.Name).Order(), Heads("OPTIONS").Order());

    /// <summary>The first word of each entry of a section.</summary>
    private static IEnumerable<string> Heads(string section)
    {
        var lines = Page.SkipWhile(l => l != ".SH " + section).Skip(1).TakeWhile(l => !l.StartsWith(".SH", StringComparison.Ordinal)).ToArray();
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i - 1] == ".TP")
                yield return lines[i].Split(' ')[1].Trim('"', ',').Replace("\\-", "-", StringComparison.Ordinal);
        }
    }
}
