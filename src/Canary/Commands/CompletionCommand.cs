using System.CommandLine;

namespace Canary.Commands;

/// <summary><c>canary completion</c>: a script for the shell, which asks the program itself by its <c>[suggest]</c> directive.</summary>
internal static class CompletionCommand
{
    public static readonly IReadOnlyList<string> Shells = ["bash", "zsh", "fish"];

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Shells) };
        shell.AcceptOnlyFromAmong([.. Shells]);
        var command = new Command("completion", "print the completion script of a shell") { shell };
        command.SetAction(parse => parse.InvocationConfiguration.Output.Write(Script(parse.GetRequiredValue(shell))));
        return command;
    }

    private static string Script(string shell)
    {
        using var script = new StreamReader(typeof(CompletionCommand).Assembly.GetManifestResourceStream("completion/canary." + shell)!);
        return script.ReadToEnd();
    }
}
