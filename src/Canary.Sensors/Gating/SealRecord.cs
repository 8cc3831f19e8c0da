using System.Globalization;
using System.Text;
using Canary.Sensors.Hosting;

namespace Canary.Sensors.Gating;

/// <summary>
/// Which files a gate has made immutable, written down before it does so: one <c>device inode path</c> a line, for its owner alone. A line
/// <c>gate PID</c> says that one stands, or did not come to its end.
/// </summary>
public sealed class SealRecord
{
    private const string Standing = "gate";

    private readonly string _path;
    private readonly Dictionary<(ulong Device, ulong Inode), string> _sealed = [];
    private readonly object _lock = new();
    private int _gate;

    private SealRecord(string path) => _path = path;

    public IReadOnlyList<(ulong Device, ulong Inode, string Path)> All
    {
        get
        {
            lock (_lock)
                return [.. _sealed.Select(s => (s.Key.Device, s.Key.Inode, s.Value))];
        }
    }

    /// <summary>The process of a gate that stands, or that did not come to its end; 0 for none.</summary>
    public int Gate => _gate;

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
            if (parts.Length == 3 && Number(parts[0]) is { } device && Number(parts[1]) is { } inode)
                record._sealed[(device, inode)] = parts[2];
            else if (parts.Length == 2 && parts[0] == Standing && Number(parts[1]) is <= int.MaxValue and var pid)
                record._gate = (int)pid;
        }

        return record;
    }

    /// <summary>A gate stands from now on, as this process. Null, or why that could not be written.</summary>
    public string? Stand(int pid)
    {
        lock (_lock)
        {
            _gate = pid;
            return Write();
        }
    }

    /// <summary>The gate came to its end, and took off the seals of these.</summary>
    public string? End(IEnumerable<(ulong Device, ulong Inode)> unsealed)
    {
        lock (_lock)
        {
            _gate = 0;
            foreach (var each in unsealed)
                _sealed.Remove(each);
            return Write();
        }
    }

    /// <summary>Why it could not be written, and then the file must not be sealed; null when it was.</summary>
    public string? Add(ulong device, ulong inode, string path)
    {
        if (path.Contains('\n', StringComparison.Ordinal))
            return "its path has a line break";
        lock (_lock)
        {
            _sealed[(device, inode)] = path;
            if (Write() is not { } failure)
                return null;
            _sealed.Remove((device, inode));
            return failure;
        }
    }

    /// <summary>A line too many does no harm: whoever finds it looks at the file first.</summary>
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

    private static ulong? Number(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;

    // Whole and in place of the old one: a crash, or a full disk, leaves one or the other. The flag must not reach the medium before it.
    private string? Write()
    {
        var text = new StringBuilder();
        if (_gate != 0)
            text.Append(CultureInfo.InvariantCulture, $"{Standing} {_gate}\n");
        foreach (var ((device, inode), path) in _sealed)
            text.Append(CultureInfo.InvariantCulture, $"{device} {inode} {path}\n");
        try
        {
            DurableFile.Write(_path, text.ToString());
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
