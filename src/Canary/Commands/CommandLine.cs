using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Canary.Text;

namespace Canary.Commands;

/// <summary>From arguments to an exit code: the one way in, for the program and for its tests.</summary>
internal static class CommandLine
{
    // What a command has begun when it is asked to end (a mail on its way, a store being closed) gets this long.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors, CancellationToken cancel = default)
    {
        var parsed = CommandTree.Create().Parse(arguments);
        if (parsed.Action is ParseErrorAction)
            return Refuse(parsed, errors);
        var configuration = new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Grace };
        try
        {
            return await parsed.InvokeAsync(configuration, cancel).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The edge of the program: whatever went wrong below has one line, and an exit code that no gate takes for «clean» or «findings».
            bool expected = e is IOException or UnauthorizedAccessException;
            errors.WriteLine("canary: " + Printable.Line(e.Message, 2000));
            if (!expected)
                errors.WriteLine(e);
            return ExitCode.Unable;
        }
    }

    private static int Refuse(ParseResult parsed, TextWriter errors)
    {
        var command = parsed.CommandResult.Command;
        string[] help = [.. Path(parsed.CommandResult), "--help"];
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0 && parsed.Errors.All(e => e.SymbolResult is CommandResult))
        {
            CommandTree.Create().Parse(help).Invoke(new InvocationConfiguration { Output = errors, Error = errors });
            return ExitCode.Usage;
        }

        foreach (string word in parsed.UnmatchedTokens)
            errors.WriteLine($"canary: unknown word '{Printable.Line(word, 200)}'{Nearest.Suggestion(word, Words(parsed.CommandResult))}");
        // With a word unknown, what the parser says of the command itself only follows from it.
        foreach (var error in parsed.Errors.Where(e => parsed.UnmatchedTokens.Count == 0 || e.SymbolResult is not CommandResult))
            errors.WriteLine("canary: " + Printable.Line(error.Message, 2000));
        errors.WriteLine($"canary: see canary {string.Join(' ', help)}");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> Path(SymbolResult result) =>
        result is CommandResult { Parent: { } parent } command ? [.. Path(parent), command.Command.Name] : [];

    private static IEnumerable<string> Words(CommandResult result) =>
        from command in Chain(result)
        from symbol in (IEnumerable<Symbol>)[.. command.Subcommands, .. command.Options.Where(o => o.Recursive || command == result.Command)]
        where symbol is Option || command == result.Command
        select symbol.Name;

    private static IEnumerable<Command> Chain(SymbolResult? result) => result is CommandResult command ? [command.Command, .. Chain(command.Parent)] : [];
}
