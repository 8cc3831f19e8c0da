namespace Canary.Sensors.Fanotify;

/// <summary>A step that the scanner has still to take: follow a pattern one component on, or mark and list one directory of a scope.</summary>
internal readonly record struct Work
{
    /// <summary>For a pattern: where it stands, with <see cref="Path"/> the directory.</summary>
    public Cursor Cursor { get; init; }

    /// <summary>For a pattern: the one entry that came, or null to look at all that match.</summary>
    public byte[]? Only { get; init; }

    /// <summary>For a directory: what it belongs to, with <see cref="Path"/> relative to the scope's root.</summary>
    public Scope? Scope { get; init; }

    public required byte[] Path { get; init; }
    public Place? Parent { get; init; }
    public byte[] Name { get; init; }
    public int Depth { get; init; }
    public int Shallow { get; init; }

    /// <summary>The directory came after we began: what is already in it is reported as created by this pid.</summary>
    public bool Announce { get; init; }

    public int Pid { get; init; }
}
