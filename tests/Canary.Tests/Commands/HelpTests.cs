using System.CommandLine;
using System.Text;
using Canary.Commands;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Commands;

/// <summary>The command line is what others script against: a change of it shows as a diff of one file.</summary>
public sealed class HelpTests
{
    [Fact]
    public void The_help_of_every_command_is_as_it_was_agreed()
    {
        var all = new StringBuilder();
        Append(CommandTree.Create(), [], all);
        Golden.Holds("help.txt", all.ToString());
    }

    [Fact]
    public void Every_command_and_option_says_what_it_is_for()
    {
        var silent = new List<string>();
        Walk(CommandTree.Create(), silent);
        Assert.Empty(silent);
    }

    [Fact]
    public void README_names_every_command_with_its_parts()
    {
        string readme = File.ReadAllText(Checkout.At("README.md"));
        Assert.All(CommandTree.Create().Subcommands, command => Assert.Contains("`canary " + command.Name, readme, StringComparison.Ordinal));
        Assert.All(CommandTree.Create().Subcommands.Where(c => c.Subcommands.Count > 0), command =>
            Assert.Contains($"`canary {command.Name} {string.Join("\\|", command.Subcommands.Select(c => c.Name))}`", readme, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--no-such-option")]
    [InlineData("no-such-command")]
    [InlineData("completion", "tcsh")]
    [InlineData("rules", "check", "--fail-on", "severe")]
    public async Task A_wrong_word_is_exit_code_2(params string[] arguments)
    {
        using var errors = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, TextWriter.Null, errors);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(arguments[^1], errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistyped_word_has_a_suggestion_and_the_way_to_the_help()
    {
        using var errors = new StringWriter();
        await CommandLine.RunAsync(["rules", "chek", "--no-colour"], TextWriter.Null, errors);
        Assert.Equal("""
            canary: unknown word 'chek'; did you mean 'check'?
            canary: unknown word '--no-colour'; did you mean '--no-color'?
            canary: see canary rules --help

            """, errors.ToString().ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData]
    [InlineData("rules")]
    public async Task A_command_that_needs_another_shows_what_there_is(params string[] arguments)
    {
        using var errors = new StringWriter();
        Assert.Equal(ExitCode.Usage, await CommandLine.RunAsync(arguments, TextWriter.Null, errors));
        Assert.Contains("Commands:", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_names_the_program_and_its_commit()
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Clean, await CommandLine.RunAsync(["--version"], output, TextWriter.Null));
        Assert.Matches(@"^canary \d+\.\d+\.\d+(\+[0-9a-f]{7})?\r?\n$", output.ToString());
    }

    [Fact]
    public async Task Every_shell_has_its_script()
    {
        foreach (string shell in CompletionCommand.Shells)
        {
            using var output = new StringWriter();
            Assert.Equal(ExitCode.Clean, await CommandLine.RunAsync(["completion", shell], output, TextWriter.Null));
            Assert.Contains("[suggest:", output.ToString(), StringComparison.Ordinal);
        }
    }

    private static void Append(Command command, string[] path, StringBuilder all)
    {
        using var output = new StringWriter();
        CommandTree.Create().Parse([.. path, "--help"]).Invoke(new InvocationConfiguration { Output = output });
        // Here the program is the test host.
        string text = output.ToString().Replace(RootCommand.ExecutableName, "canary", StringComparison.Ordinal).ReplaceLineEndings("\n").TrimEnd();
        // The options of every command are shown once, at the top.
        string[] lines = text.Split('\n');
        var global = path.Length == 0 ? [] : CommandTree.Create().Options.Where(o => o.Recursive).Select(o => o.Name).ToArray();
        all.Append("$ canary ").Append(string.Join(' ', [.. path, "--help"])).Append('\n');
        foreach (string line in lines.Where(l => !global.Any(name => l.TrimStart().StartsWith(name + " ", StringComparison.Ordinal))))
            all.Append(line.TrimEnd()).Append('\n');
        all.Append('\n');
        foreach (var child in command.Subcommands)
            Append(child, [.. path, child.Name], all);
    }

    private static void Walk(Command command, List<string> silent)
    {
        foreach (Symbol symbol in (Symbol[])[command, .. command.Options, .. command.Arguments])
        {
            if (string.IsNullOrWhiteSpace(symbol.Description))
                silent.Add($"{command.Name} {symbol.Name}");
        }

        foreach (var child in command.Subcommands)
            Walk(child, silent);
    }
}
