namespace Canary.Sensors.Etw;

/// <summary>The names behind handles of registry keys, learnt as keys are opened. Bounded; a handle that is unknown is a legal state.</summary>
internal sealed class EtwRegistryKeys
{
    private const int Most = 64 * 1024;
    private const string Root = @"\REGISTRY\", Machine = @"\REGISTRY\MACHINE", User = @"\REGISTRY\USER";
    private const string System = @"HKLM\SYSTEM\ControlSet00", CurrentControlSet = "CurrentControlSet";

    private readonly RecentMap<ulong, Key> _keys = new(Most);

    public int Count => _keys.Count;

    /// <summary>A key was opened under another one.</summary>
    public Key Opened(ulong baseObject, ulong keyObject, ReadOnlySpan<char> baseName, ReadOnlySpan<char> relativeName)
    {
        var key = Under(Named(baseObject, baseName, isBase: true), relativeName);
        if (keyObject != 0)
            _keys.Set(keyObject, key);
        return key;
    }

    /// <summary>The key that an event names by its handle, and perhaps by a name.</summary>
    public Key Of(ulong keyObject, ReadOnlySpan<char> name) => Named(keyObject, name, isBase: false);

    public void Closed(ulong keyObject) => _keys.Remove(keyObject);

    private Key Named(ulong keyObject, ReadOnlySpan<char> name, bool isBase)
    {
        if (IsAbsolute(name))
            return new Key(Short(name), true);
        if (!_keys.TryGet(keyObject, out var key))
            // Handle 0 with no name: what follows is absolute, or nothing is known.
            return new Key(Valid(name), isBase && keyObject == 0 && name.IsEmpty);
        // Some events repeat the handle's own name, or its tail.
        return name.IsEmpty || key.Path.AsSpan().EndsWith(name, StringComparison.OrdinalIgnoreCase) ? key : Under(key, name);
    }

    private static Key Under(Key key, ReadOnlySpan<char> name)
    {
        if (IsAbsolute(name))
            return new Key(Short(name), true);
        name = name.Trim('\\');
        if (name.IsEmpty)
            return key;
        string tail = Valid(name);
        return key.Path.Length == 0 ? new Key(tail, false) : new Key($@"{key.Path}\{tail}", key.Whole);
    }

    private static bool IsAbsolute(ReadOnlySpan<char> name) => name.StartsWith(Root, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Under the short root, and with the control set that is in use by its alias, as Sysmon writes them
    /// (https://learn.microsoft.com/sysinternals/downloads/sysmon, event 12).
    /// </summary>
    private static string Short(ReadOnlySpan<char> name)
    {
        string path = After(name, Machine) is { IsEmpty: false } machine ? $"HKLM{Valid(machine.TrimEnd('\\'))}"
            : After(name, User) is { IsEmpty: false } user ? $"HKU{Valid(user.TrimEnd('\\'))}"
            : name.Equals(Machine, StringComparison.OrdinalIgnoreCase) ? "HKLM"
            : name.Equals(User, StringComparison.OrdinalIgnoreCase) ? "HKU" : Valid(name);
        bool isControlSet = path.Length > System.Length && path.StartsWith(System, StringComparison.OrdinalIgnoreCase)
            && char.IsAsciiDigit(path[System.Length]) && (path.Length == System.Length + 1 || path[System.Length + 1] == '\\');
        return isControlSet ? string.Concat(path.AsSpan(0, @"HKLM\SYSTEM\".Length), CurrentControlSet, path.AsSpan(System.Length + 1)) : path;
    }

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> name, string root) =>
        name.Length > root.Length && name[root.Length] == '\\' && name.StartsWith(root, StringComparison.OrdinalIgnoreCase) ? name[root.Length..] : default;

    private static string Valid(ReadOnlySpan<char> name)
    {
        bool lossy = false;
        return EtwText.Of(name, ref lossy);
    }

    /// <param name="Path">As much as is known.</param>
    /// <param name="Whole">From the root on.</param>
    public readonly record struct Key(string Path, bool Whole);
}
