using System.CommandLine;
using Canary.Commands;
using Canary.Config;
using Spectre.Console;

namespace Canary.Views;

/// <summary>Chooses how `watch` shows itself.</summary>
internal static class WatchViews
{
    public static IWatchView Choose(ParseResult arguments, CanaryConfig config)
    {
        if (arguments.GetValue(GlobalOptions.Json))
            return new JsonWatchView(Console.Out);
        bool quiet = arguments.GetValue(GlobalOptions.Quiet);
        if (quiet || !IsForEyes(arguments))
            return new PlainWatchView(Console.Out, Console.Error, config.Alerts.ConsoleLevel, quiet);
        return new LiveWatchView(AnsiConsole.Console, config.Alerts.ConsoleLevel);
    }

    /// <summary>A terminal that may have colours: not with --no-color, NO_COLOR, TERM=dumb or in a pipe.</summary>
    public static bool IsForEyes(ParseResult arguments) =>
        !arguments.GetValue(GlobalOptions.NoColor) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not "dumb" && !Console.IsOutputRedirected;
}
