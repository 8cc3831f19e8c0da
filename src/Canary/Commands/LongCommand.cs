using System.CommandLine;

namespace Canary.Commands;

/// <summary>Commands that run until they are asked to end.</summary>
internal static class LongCommand
{
    /// <summary>
    /// As SetAction, for an action that ends in order when its token is cancelled. The command line knows what to wait for only from the
    /// action's first wait on; a signal before it would end the process at once, so that wait comes first.
    /// </summary>
    public static void SetLongAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            return await action(parsed, cancel);
        });
}
