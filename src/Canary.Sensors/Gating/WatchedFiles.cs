using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Canary.Events;
using Canary.Models.Gating;

namespace Canary.Sensors.Gating;

/// <summary>The files of the book as inodes, with their marks.</summary>
[SupportedOSPlatform("linux")]
internal sealed class WatchedFiles(GateGroup group, IGateBook book, GateReports reports)
{
    private readonly ConcurrentDictionary<FileId, Watched> _files = new();
    private readonly object _adding = new();

    public ICollection<Watched> All => _files.Values;

    public Watched? Find(FileId id) => _files.GetValueOrDefault(id);

    /// <summary>An inode that the book may name, marked. Null where it does not.</summary>
    /// <param name="descriptor">Open, or O_PATH.</param>
    /// <param name="beside">It is met at an open in a directory that is not marked for ranges: that open is fixed not to raise them.</param>
    public Watched? Adopt(int descriptor, OpenFile facts, string path, bool beside = false)
    {
        var id = IdOf(facts);
        if (book.Expected(path, facts.Stamp.Size) is not { } file)
            return null;
        lock (_adding)
        {
            if (_files.TryGetValue(id, out var known))
                return known;
            // What was let through unread while no lock named it would else stay so.
            _ = group.Heed(descriptor, GateFan.Permissions);
            bool ranges = group.Mark(descriptor, GateFan.Permissions) == 0;
            if (!ranges)
                _ = group.Mark(descriptor, GateFan.OpenPermission);
            int handle = PathFacts.Open($"/proc/self/fd/{descriptor}", follow: true);
            var watched = new Watched(file, id, path, handle, ranges) { WholeAtOpen = beside || !ranges };
            _files[id] = watched;
            reports.Say(new GateGuarantee(path, watched.Guarantee,
                ranges ? "its bytes are compared as they are read" : "its filesystem has no event for reads: it is compared whole when it is opened"));
            return watched;
        }
    }

    /// <summary>The last name of the inode is gone.</summary>
    public void Drop(Watched file)
    {
        if (_files.TryRemove(file.Id, out _))
            file.Dispose();
    }

    public static FileId IdOf(OpenFile facts) => new(facts.Stamp.Device, facts.Stamp.Inode);
}
