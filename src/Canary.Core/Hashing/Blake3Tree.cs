namespace Canary.Hashing;

/// <summary>The nodes of a BLAKE3 tree by the fastest code there is: this program's own, or a module's.</summary>
internal static class Blake3Tree
{
    /// <inheritdoc cref="Blake3Kernel.Widest"/>
    public static LaneWidth Widest => LaneModule.Loaded?.Width ?? Blake3Kernel.Widest;

    /// <inheritdoc cref="Blake3Kernel.Chunks"/>
    public static int Chunks(ReadOnlySpan<byte> data, ulong counter, Span<byte> nodes, LaneWidth width) =>
        Wider(width) is { } module ? module.Chunks(data, counter, nodes) : Blake3Kernel.Chunks(data, counter, nodes, width);

    /// <inheritdoc cref="Blake3Kernel.Join"/>
    public static int Join(Span<byte> nodes, int count, int most, LaneWidth width) =>
        Wider(width) is { } module ? module.Join(nodes, count, most) : Blake3Kernel.Join(nodes, count, most, width);

    public static int Room(int nodes) => Blake3Kernel.Room(nodes);

    // Loading a module takes milliseconds: not for what this program's own code can do.
    private static LaneModule? Wider(LaneWidth width) => width > Blake3Kernel.Widest && LaneModule.Loaded is { } module && module.Width == width ? module : null;
}
