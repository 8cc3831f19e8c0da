using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Canary.Events;
using Canary.Models.Gating;

namespace Canary.Sensors.Gating;

/// <summary>The files of the book as inodes, with their marks.</summary>
[SupportedOSPlatform("linux")]
internal sealed class WatchedFiles(GateGroup group, IGateBook book, GateQueue queue, GateReports reports, ModelGateOptions options)
{
    private readonly ConcurrentDictionary<FileId, Watched> _files = new();
    private readonly object _adding = new();
    private volatile IGateBook _book = book;

    public ICollection<Watched> All => _files.Values;

    /// <summary>What is in force. Whoever replaces it judges the files that are there by the new one.</summary>
    public IGateBook Book
    {
        get => _book;
        set => _book = value;
    }

    public Watched? Find(FileId id) => _files.GetValueOrDefault(id);

    /// <summary>An inode that the book may name, marked. Null where it does not.</summary>
    /// <param name="descriptor">Open, or O_PATH.</param>
    /// <param name="beside">It is met at an open in a directory that is not marked for ranges: that open is fixed not to raise them.</param>
    public Watched? Adopt(int descriptor, OpenFile facts, string path, bool beside = false)
    {
        var id = IdOf(facts);
        lock (_adding)
        {
            if (_book.Expected(path, facts.Stamp.Size) is not { } file)
                return null;
            if (_files.TryGetValue(id, out var known))
                return known;
            // What was let through unread while no lock named it would else stay so.
            _ = group.Heed(descriptor, GateFan.Permissions);
            int failed = group.Mark(descriptor, GateFan.Permissions);
            bool ranges = failed == 0;
            if (!ranges && failed != GateLayers.Mixed)
                failed = group.Mark(descriptor, GateFan.OpenPermission);
            if (failed == GateLayers.Mixed)
            {
                reports.Health("place", 1, $"{path} is not guarded by itself: {GateLayers.Why}");
                return null;
            }

            int handle = PathFacts.Open($"/proc/self/fd/{descriptor}", follow: true);
            var watched = new Watched(file, id, path, handle, ranges)
            {
                WholeAtOpen = beside || !ranges,
                StoresUnseen = GateLayers.StoresUnseen(handle),
                Policy = options.Policies.Of(file.Path),
                Exact = file.Path == path,
            };
            _files[id] = watched;
            reports.Say(new GateGuarantee(path, watched.Guarantee,
                ranges ? "its bytes are compared as they are read" : "its filesystem has no event for reads: it is compared whole when it is opened"));
            return watched;
        }
    }

    /// <summary>What the book has at the path that a descriptor was opened by, where that is not what the file is held against; null where it is.</summary>
    public GatedFile? OtherName(int descriptor, Watched file)
    {
        string path = OpenFile.PathOf(descriptor);
        if (_book.At(path) is not { } named || named.Sha256 == file.File.Sha256 || OpenFile.Of(descriptor) is not { } facts || !GatePlaces.Lies(path, facts))
            return null;
        lock (file)
        {
            if (file.Exact)
                return named;
            // Its name and size had to do, until it was met by a path that the book has.
            queue.AskAgain(file.Expect(named, options.Policies.Of(named.Path)));
            file.Exact = true;
            return null;
        }
    }

    /// <summary>The last name of the inode is gone, or no lock names it any longer.</summary>
    public void Drop(Watched file)
    {
        lock (file)
        {
            if (!_files.TryRemove(file.Id, out _))
                return;
            _ = group.Unmark(file.Handle, file.HasRanges ? GateFan.Permissions : GateFan.OpenPermission);
            queue.AskAgain(file.Retire());
        }
    }

    public static FileId IdOf(OpenFile facts) => new(facts.Stamp.Device, facts.Stamp.Inode);
}
