using Canary.Events;
using Canary.Sensors.Hosting;

namespace Canary.Watching;

/// <summary>Keeps the note of this run in the state directory, and tells from that of the last one what was not watched.</summary>
internal sealed class RunBook
{
    public const string FileName = "run.json";

    /// <summary>How exact the end of a run is known that had no time to write it down.</summary>
    public static readonly TimeSpan BeatsEvery = TimeSpan.FromSeconds(15);

    private const int Longest = 4096;

    private readonly string _path;
    private readonly string _owner;
    private readonly IBootClock _clock;
    private readonly string? _boot;
    private readonly TimeProvider _time;
    private readonly string? _unread;
    private readonly RunNote? _last;
    private RunNote? _note;

    /// <summary>Reads what the last run left.</summary>
    public RunBook(string directory, string owner, IBootClock clock, string? boot, TimeProvider time)
    {
        _path = Path.Combine(directory, FileName);
        (_owner, _clock, _boot, _time) = (owner, clock, boot, time);
        try
        {
            if (new FileInfo(_path) is { Exists: true } file)
            {
                _last = file is { LinkTarget: null, Length: > 0 and <= Longest } ? RunNote.Read(File.ReadAllText(_path)) : null;
                _unread = _last is null ? $"the record of the last run ({_path}) is {(file.Length == 0 ? "empty" : "damaged")}" : null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _unread = $"the record of the last run ({_path}) cannot be read ({e.Message})";
        }
    }

    /// <summary>The last run had no orderly end that is known: what it stored is to be looked at.</summary>
    public bool IsSuspect => _unread is not null || _last is { IsEnded: false };

    /// <summary>Why the note cannot be kept at the moment, in words; null when it can.</summary>
    public string? Trouble { get; private set; }

    /// <summary>This run watches from now on.</summary>
    /// <param name="hasHistory">Alerts of earlier runs are stored.</param>
    /// <returns>What was not watched before it; null for the first run of all.</returns>
    public RunGap? Begin(bool hasHistory)
    {
        var now = _time.GetUtcNow();
        var gap = _last is { } last ? RunGap.Since(last, _boot, _clock.NowNs(), now)
            : _unread is { } why ? RunGap.Unknown(why, now)
            : hasHistory ? RunGap.Unknown($"there is no record of an earlier run ({_path}), though alerts of one are stored", now)
            : null;
        _note = new RunNote(RunNote.Latest, _owner, Environment.ProcessId, now, _boot, now, _clock.NowNs(), IsEnded: false);
        Keep();
        return gap;
    }

    /// <summary>It still watches.</summary>
    public void Beat() => Put(ended: false);

    /// <summary>It watched until now and ends as asked.</summary>
    public void End() => Put(ended: true);

    private void Put(bool ended)
    {
        if (_note is null)
            return;
        _note = _note with { Beat = _time.GetUtcNow(), BeatNs = _clock.NowNs(), IsEnded = ended };
        Keep();
    }

    private void Keep()
    {
        try
        {
            DurableFile.Write(_path, _note!.Write());
            Trouble = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble = $"the record of this run cannot be written: {e.Message}; if it ends unasked, the next one takes an earlier moment for its end";
        }
    }
}
