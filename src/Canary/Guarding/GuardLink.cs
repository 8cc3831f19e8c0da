using System.Globalization;
using System.Runtime.Versioning;
using Canary.Findings;
using Canary.Sensors.Gating;

namespace Canary.Guarding;

/// <summary>A gate's process and the one that starts it again: what the first was given by the second.</summary>
/// <param name="Group">The fanotify group that the other holds open, too; -1 for none.</param>
/// <param name="Pulse">Where to beat while the gate stands.</param>
[SupportedOSPlatform("linux")]
internal sealed record GuardLink(int Group, int Pulse)
{
    /// <summary>What the other writes when the gate is to end.</summary>
    public const char End = 'q';

    /// <summary>What it writes when settings and rules are to be read again.</summary>
    public const char Reload = 'r';

    /// <summary>What there is to say when the other is dead.</summary>
    public const string Orphaned = "the process that would start this gate again is gone: the gate stands, and when it dies nobody refuses anything";

    public static GuardLink? Parse(string text) =>
        text.Split(':') is [var group, var pulse] && Number(group) is { } g && Number(pulse) is { } p ? new GuardLink(g, p) : null;

    /// <summary>The gate answers, so far as it stands.</summary>
    public void Beat() => GatePulse.Beat(Pulse);

    /// <summary>This process does its work, with or without a gate.</summary>
    public void Ready() => GatePulse.Beat(Pulse, ready: true);

    /// <summary>All marks are set, or there is nothing to guard any longer: what the other refused may be let go.</summary>
    public void Stands() => GatePulse.Beat(Pulse, stands: true);

    /// <summary>What the processes have to say of each other, for the rules.</summary>
    public static HealthReport Report(string lossClass, string reason) => new("model-gate", lossClass, 1, reason, TimeProvider.System.GetUtcNow());

    private static int? Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>Waits on a thread of its own for words of the other.</summary>
    /// <param name="leave">The gate is to end: before it does, it is told who asks.</param>
    /// <param name="end">The gate is to end.</param>
    /// <param name="gone">The other is dead.</param>
    /// <param name="reload">Settings and rules are to be read again.</param>
    public static void Listen(Action leave, Action end, Action gone, Action? reload = null)
    {
        var thread = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            int word;
            while ((word = input.ReadByte()) == Reload)
                reload?.Invoke();
            if (word == End)
            {
                leave();
                end();
            }
            else
            {
                gone();
            }
        })
        {
            IsBackground = true,
            Name = "guard link",
        };
        thread.Start();
    }
}
