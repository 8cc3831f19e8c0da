using System.Globalization;
using System.Threading.Channels;
using Canary.Agents;
using Canary.Models.Gating;
using Canary.Models.Locking;
using Canary.Sensors.Files;

namespace Canary.Guarding;

/// <summary>
/// Stands where no gate can: where a system lets nobody hold back an open, a guarded model is held against the lock after its open was
/// seen, and what is not as it was locked is said. The lock is read anew each time, so that one that was replaced is the one in force.
/// </summary>
internal sealed class ModelWitness : IDisposable
{
    private const int MostWaiting = 256, MostRemembered = 4096, MostWords = 1024;

    private readonly string _lockFile;
    private readonly IReadOnlyList<string> _guarded;
    private readonly TimeProvider _time;
    private readonly Channel<(string Path, Loader Loader)> _opens = Channel.CreateBounded<(string, Loader)>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly Channel<GateWord> _words = Channel.CreateBounded<GateWord>(MostWords);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, (long Size, long Changed, string Digest)> _good = new(StringComparer.OrdinalIgnoreCase);
    private readonly Task _work;
    private long _dropped;

    /// <param name="guarded">Directories and files, absolute.</param>
    public ModelWitness(string lockFile, IReadOnlyList<string> guarded, TimeProvider time)
    {
        (_lockFile, _guarded, _time) = (lockFile, guarded, time);
        // Hashing takes long and is nothing to hold up a pool for.
        _work = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public ChannelReader<GateWord> Words => _words.Reader;

    /// <summary>Opens that found no room, and are not looked at.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>From the pump's thread; never waits.</summary>
    public void See(ModelOpenActivity open)
    {
        if (!_guarded.Any(place => Holds(place, open.Path)))
            return;
        var loader = new Loader(open.Actor.Key.Pid, open.Actor.Key.StartedNs, open.Chain, open.Devices);
        if (!_opens.Writer.TryWrite((open.Path, loader)))
            Interlocked.Increment(ref _dropped);
    }

    public void Dispose()
    {
        _opens.Writer.TryComplete();
        _stop.Cancel();
        _work.Wait();
        _stop.Dispose();
    }

    // Of Windows alone, where case says nothing.
    private static bool Holds(string place, string path) => path.Length >= place.Length && path.StartsWith(place, StringComparison.OrdinalIgnoreCase)
        && (path.Length == place.Length || Path.EndsInDirectorySeparator(place) || path[place.Length] is '\\' or '/');

    private void Work()
    {
        try
        {
            while (_opens.Reader.WaitToReadAsync(_stop.Token).AsTask().GetAwaiter().GetResult())
            {
                while (_opens.Reader.TryRead(out var open))
                    Hold(open.Path, open.Loader);
            }
        }
        catch (OperationCanceledException)
        {
            // asked to
        }

        _words.Writer.TryComplete();
    }

    private void Hold(string path, Loader loader)
    {
        if (LockOnDisk.Now(_lockFile, out string why) is not { } held)
        {
            Say(path, null, GateReason.Unreadable, $"without a sound lock nothing can be compared: {why}", loader);
            return;
        }

        var asked = new ModelFiles.AskedFiles(held, _lockFile, _guarded);
        var locked = asked.Files.FirstOrDefault(f => string.Equals(Path.GetFullPath(f.Path), Path.GetFullPath(path), StringComparison.OrdinalIgnoreCase));
        if (locked.File is null)
        {
            Say(path, null, GateReason.Unknown, "no lock names it", loader);
            return;
        }

        var about = new FileInfo(path);
        var stamp = about.Exists ? (about.Length, about.LastWriteTimeUtc.Ticks, locked.File.Sha256) : default;
        if (about.Exists && _good.TryGetValue(path, out var known) && known == stamp)
            return;
        var result = new LockVerifier([(locked.File, path)], new VerifyOptions(ModelFilesHere.Create()) { Threads = 1 }).Run(_stop.Token)[0];
        if (result.State == FileState.Good)
        {
            if (_good.Count >= MostRemembered)
                _good.Clear();
            _good[path] = stamp;
            return;
        }

        if (result.State == FileState.Unfinished)
            return;
        bool isChanged = result.State is FileState.Corrupt or FileState.Grown or FileState.Shrunk;
        Say(path, LockedBook.Of(locked.File, path), isChanged ? GateReason.Changed : GateReason.Unreadable, Difference(result), loader,
            [.. result.Bad.SelectMany(b => b.Tensors).Select(t => t.Name).Distinct().Take(GatedFile.MostTensors)]);
    }

    private static string Difference(CheckedFile result) => result.State switch
    {
        FileState.Grown or FileState.Shrunk => string.Create(CultureInfo.InvariantCulture, $"it has {result.Size:N0} bytes, and {result.File.Size:N0} were locked; seen after it was opened"),
        FileState.Corrupt => string.Create(CultureInfo.InvariantCulture, $"bytes at {result.Bad[0].Offset:N0} differ from the lock; seen after it was opened"),
        _ => result.Reason ?? result.State.ToString().ToLowerInvariant(),
    };

    private void Say(string path, GatedFile? file, GateReason reason, string detail, Loader loader, IReadOnlyList<string>? tensors = null)
    {
        if (!_words.Writer.TryWrite(new GateSubject(new ModelLoad(path, file, GateAnswer.Allowed, reason, detail, loader, tensors ?? [], _time.GetUtcNow()))))
            Interlocked.Increment(ref _dropped);
    }
}
