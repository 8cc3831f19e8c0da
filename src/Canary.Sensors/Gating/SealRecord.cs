using System.Globalization;
using System.Text;

namespace Canary.Sensors.Gating;

/// <summary>Which files a gate has made immutable, written down before it does so: one <c>device inode path</c> a line, for its owner alone.</summary>
public sealed class SealRecord
{
    private readonly string _path;
    private readonly Dictionary<(ulong Device, ulong Inode), string> _sealed = [];
    private readonly object _lock = new();

    private SealRecord(string path) => _path = path;

    public IReadOnlyList<(ulong Device, ulong Inode, string Path)> All
    {
        get
        {
            lock (_lock)
                return [.. _sealed.Select(s => (s.Key.Device, s.Key.Inode, s.Value))];
        }
    }

    /// <summary>What the file holds; a line that cannot be read is left out, since it seals nothing by itself.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    public static SealRecord Load(string path)
    {
        var record = new SealRecord(path);
        if (!File.Exists(path))
            return record;
        foreach (string line in File.ReadLines(path, Encoding.UTF8))
        {
            string[] parts = line.Split(' ', 3);
            if (parts.Length == 3 && ulong.TryParse(parts[0], CultureInfo.InvariantCulture, out ulong device) && ulong.TryParse(parts[1], CultureInfo.InvariantCulture, out ulong inode))
                record._sealed[(device, inode)] = parts[2];
        }

        return record;
    }

    /// <summary>False: it could not be written, and the file must not be sealed.</summary>
    public bool Add(ulong device, ulong inode, string path)
    {
        if (path.Contains('\n', StringComparison.Ordinal))
            return false;
        lock (_lock)
        {
            _sealed[(device, inode)] = path;
            if (Write())
                return true;
            _sealed.Remove((device, inode));
            return false;
        }
    }

    public void Remove(ulong device, ulong inode)
    {
        lock (_lock)
        {
            if (_sealed.Remove((device, inode)))
                _ = Write();
        }
    }

    public bool Holds(ulong device, ulong inode)
    {
        lock (_lock)
            return _sealed.ContainsKey((device, inode));
    }

    // Whole and in place of the old one: a crash, or a full disk, leaves one or the other.
    private bool Write()
    {
        string fresh = _path + ".new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(fresh, options))
            {
                foreach (var ((device, inode), path) in _sealed)
                    file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{device} {inode} {path}\n")));
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, _path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
