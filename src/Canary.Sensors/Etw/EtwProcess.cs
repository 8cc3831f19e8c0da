using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>A process that lives, or lately did.</summary>
internal sealed class EtwProcess(ProcessKey key, long firstAtNs)
{
    /// <summary>Final once its start was told.</summary>
    public ProcessKey Key { get; set; } = key;

    /// <summary>The time of the first event about it: what comes before is another's.</summary>
    public long FirstAtNs { get; } = firstAtNs;

    /// <summary>The kernel's number, never reused between two boots; 0 where no event had it.</summary>
    public ulong Sequence { get; set; }

    /// <summary>FILETIME of its start; 0 where no event had it.</summary>
    public long CreateTime { get; set; }

    public int ParentPid { get; set; }

    /// <summary>0 while it lives.</summary>
    public long EndedNs { get; set; }

    /// <summary>Its first thread was seen: that one is made by the parent, and each later one that is made from outside is a remote thread.</summary>
    public bool HasThread { get; set; }

    /// <summary>What of its start is known; null once it was told.</summary>
    public EtwStart? Start { get; set; }

    /// <summary>Which sources told of its start.</summary>
    public StartHalves Halves { get; set; }

    /// <summary>Who had the pid before, while that is remembered.</summary>
    public EtwProcess? Before { get; set; }

    /// <summary>Who has, or had, the pid after it.</summary>
    public EtwProcess? After { get; set; }

    /// <summary>Found running, not seen starting.</summary>
    public bool WasRunning { get; init; }

    public bool Forgotten { get; set; }

    /// <summary>It began later than the other one, as far as can be told.</summary>
    public bool IsYoungerThan(EtwProcess other)
    {
        if (CreateTime != 0 && other.CreateTime != 0)
            return CreateTime > other.CreateTime;
        return !WasRunning && (other.WasRunning || FirstAtNs > other.FirstAtNs);
    }
}

[Flags]
internal enum StartHalves : byte
{
    None = 0,

    /// <summary>The kernel logger's half: command line, account, name of the image.</summary>
    Logger = 1,

    /// <summary>Kernel-Process's half: sequence numbers, time, path of the image, integrity level.</summary>
    Manifest = 2,
    Both = Logger | Manifest,
}

/// <summary>The start of a process as one event tells it, or both together.</summary>
internal sealed record EtwStart(StartHalves Half, long AtNs, int Pid, int ParentPid)
{
    public bool AlreadyRunning { get; init; }
    public ulong Sequence { get; init; }
    public ulong ParentSequence { get; init; }

    /// <summary>FILETIME; 0 for unknown.</summary>
    public long CreateTime { get; init; }

    /// <summary>As the kernel names it.</summary>
    public string? ImagePath { get; init; }

    /// <summary>Without its directory.</summary>
    public string? ImageName { get; init; }

    public string? CommandLine { get; init; }
    public string? User { get; init; }
    public string? IntegrityLevel { get; init; }
    public bool Cut { get; init; }
    public bool Lossy { get; init; }

    public EtwStart With(EtwStart other) => this with
    {
        Half = Half | other.Half,
        AtNs = Math.Min(AtNs, other.AtNs),
        AlreadyRunning = AlreadyRunning && other.AlreadyRunning,
        Sequence = Sequence != 0 ? Sequence : other.Sequence,
        ParentSequence = ParentSequence != 0 ? ParentSequence : other.ParentSequence,
        CreateTime = CreateTime != 0 ? CreateTime : other.CreateTime,
        ImagePath = ImagePath ?? other.ImagePath,
        ImageName = ImageName ?? other.ImageName,
        CommandLine = CommandLine ?? other.CommandLine,
        User = User ?? other.User,
        IntegrityLevel = IntegrityLevel ?? other.IntegrityLevel,
        Cut = Cut || other.Cut,
        Lossy = Lossy || other.Lossy,
    };
}
