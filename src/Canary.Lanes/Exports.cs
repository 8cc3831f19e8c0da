using System.Runtime.InteropServices;
using Canary.Hashing;

namespace Canary.Lanes;

/// <summary>What the program calls. The caller answers for the room behind each pointer; nothing is thrown and nothing is kept.</summary>
internal static unsafe class Exports
{
    /// <summary>The widest lanes of this build on this processor.</summary>
    [UnmanagedCallersOnly(EntryPoint = "canary_lanes_widest")]
    public static int Widest() => (int)Blake3Kernel.Widest;

    /// <summary>As <see cref="Blake3Kernel.Chunks"/>, with the widest lanes.</summary>
    [UnmanagedCallersOnly(EntryPoint = "canary_lanes_chunks")]
    public static int Chunks(byte* data, int length, ulong counter, byte* nodes, int room) =>
        Blake3Kernel.Chunks(new ReadOnlySpan<byte>(data, length), counter, new Span<byte>(nodes, room), Blake3Kernel.Widest);

    /// <summary>As <see cref="Blake3Kernel.Join"/>, with the widest lanes.</summary>
    [UnmanagedCallersOnly(EntryPoint = "canary_lanes_join")]
    public static int Join(byte* nodes, int room, int count, int most) =>
        Blake3Kernel.Join(new Span<byte>(nodes, room), count, most, Blake3Kernel.Widest);
}
