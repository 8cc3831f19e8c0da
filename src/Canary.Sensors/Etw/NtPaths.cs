using System.Collections.Frozen;

namespace Canary.Sensors.Etw;

/// <summary>Which drive letter each volume has, at one moment.</summary>
/// <param name="drives"><c>\Device\HarddiskVolume3</c> → <c>C:</c>.</param>
/// <param name="systemRoot">What <c>\SystemRoot</c> is, without a trailing backslash.</param>
internal sealed class DeviceMap(IEnumerable<KeyValuePair<string, string>> drives, string systemRoot = @"C:\Windows")
{
    private readonly FrozenDictionary<string, string> _drives = drives.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public string SystemRoot { get; } = systemRoot;

    /// <summary>Null for a device without a letter.</summary>
    public string? Drive(ReadOnlySpan<char> device) =>
        _drives.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(device, out string? drive) ? drive : null;
}

/// <summary>
/// The kernel's names of files as people and rules write them: <c>\Device\HarddiskVolume3\x</c> is <c>C:\x</c>. Case is kept; what has
/// no other name keeps the kernel's. One thread asks; another may replace the map.
/// </summary>
internal sealed class NtPaths(DeviceMap map)
{
    private volatile Table _table = new(map);

    /// <summary>Replaced as a whole when a volume comes or goes.</summary>
    public DeviceMap Map
    {
        get => _table.Map;
        set => _table = new Table(value);
    }

    public string Dos(ReadOnlySpan<char> name) => _table.Dos(name);

    // The same few thousand names make up most of a stream: each slot remembers one, so that they are made once.
    private sealed class Table(DeviceMap map)
    {
        private const int Slots = 4096, LongestKept = 512;
        private readonly (string Name, string Path)[] _slots = new (string, string)[Slots];

        public DeviceMap Map { get; } = map;

        public string Dos(ReadOnlySpan<char> name)
        {
            if (name.Length > LongestKept)
                return Translate(name, Map);
            ref var slot = ref _slots[(uint)string.GetHashCode(name) % Slots];
            if (slot.Name is null || !name.SequenceEqual(slot.Name))
                slot = (name.ToString(), Translate(name, Map));
            return slot.Path;
        }
    }

    private static string Translate(ReadOnlySpan<char> name, DeviceMap map, int depth = 0)
    {
        if (After(name, @"\??\") is { IsEmpty: false } local || !(local = After(name, @"\\?\")).IsEmpty || !(local = After(name, @"\\.\")).IsEmpty
            || !(local = After(name, @"\DosDevices\")).IsEmpty || !(local = After(name, @"\GLOBAL??\")).IsEmpty)
        {
            if (After(local, @"UNC\") is { IsEmpty: false } share)
                return Valid($@"\\{share}");
            if (After(local, "GLOBALROOT") is { IsEmpty: false } global && depth == 0)
                return Translate(global, map, 1);
            return local.Length >= 2 && local[1] == ':' && char.IsAsciiLetter(local[0]) ? Valid(local) : Valid(name);
        }

        if (After(name, @"\SystemRoot\") is { IsEmpty: false } inRoot)
            return Valid($@"{map.SystemRoot}\{inRoot}");
        if (After(name, @"\Device\Mup\") is { IsEmpty: false } remote || !(remote = After(name, @"\Device\LanmanRedirector\")).IsEmpty)
            return Valid($@"\\{Unrouted(remote)}");
        int end = EndOfDevice(name);
        if (end > 0 && map.Drive(name[..end]) is { } drive)
            return Valid(end == name.Length ? $@"{drive}\" : $"{drive}{name[end..]}");
        return Valid(name);
    }

    // \Device\NAME, up to the backslash behind it.
    private static int EndOfDevice(ReadOnlySpan<char> name)
    {
        const string prefix = @"\Device\";
        if (!name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return 0;
        int length = name[prefix.Length..].IndexOf('\\');
        return length < 0 ? name.Length : prefix.Length + length;
    }

    // \Device\Mup\;LanmanRedirector\;Z:0123\server\share: how it was reached is no part of the name.
    private static ReadOnlySpan<char> Unrouted(ReadOnlySpan<char> remote)
    {
        while (remote.Length > 0 && remote[0] == ';' && remote.IndexOf('\\') is > 0 and var end)
            remote = remote[(end + 1)..];
        return remote;
    }

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> name, string prefix) =>
        name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? name[prefix.Length..] : default;

    private static string Valid(ReadOnlySpan<char> path)
    {
        bool lossy = false;
        return EtwText.Of(path, ref lossy);
    }
}
