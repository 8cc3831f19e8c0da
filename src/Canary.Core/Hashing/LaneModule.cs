using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Canary.Hashing;

/// <summary>
/// The kernels compiled for AVX2 or AVX-512 (<c>src/Canary.Lanes</c>), in a library beside the program. Without it the program's own are
/// used: the same digests, but with fewer lanes where the program was compiled ahead of time.
/// </summary>
internal sealed class LaneModule
{
    private readonly ChunksOf _chunks;
    private readonly JoinOf _join;

    private LaneModule(LaneWidth width, ChunksOf chunks, JoinOf join)
    {
        Width = width;
        _chunks = chunks;
        _join = join;
    }

    private delegate int WidestOf();

    private delegate int ChunksOf(in byte data, int length, ulong counter, ref byte nodes, int room);

    private delegate int JoinOf(ref byte nodes, int room, int count, int most);

    /// <summary>Null where there is none, or none is needed.</summary>
    public static LaneModule? Loaded { get; } = Load();

    public LaneWidth Width { get; }

    public int Chunks(ReadOnlySpan<byte> data, ulong counter, Span<byte> nodes) =>
        _chunks(in MemoryMarshal.GetReference(data), data.Length, counter, ref MemoryMarshal.GetReference(nodes), nodes.Length);

    public int Join(Span<byte> nodes, int count, int most) => _join(ref MemoryMarshal.GetReference(nodes), nodes.Length, count, most);

    private static LaneModule? Load()
    {
        // A compiler at run time makes the best of the processor by itself.
        if (RuntimeFeature.IsDynamicCodeSupported || Avx512F.IsSupported)
            return null;
        var widest = Processor();
        return (widest == LaneWidth.Sixteen ? Open("avx512") : null) ?? (widest >= LaneWidth.Eight && !Avx2.IsSupported ? Open("avx2") : null);
    }

    private static LaneModule? Open(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"canary-{name}.dll" : $"canary-{name}.so");
        if (!File.Exists(path) || !NativeLibrary.TryLoad(path, out nint library))
            return null;
        if (!NativeLibrary.TryGetExport(library, "canary_lanes_widest", out nint widest)
            || !NativeLibrary.TryGetExport(library, "canary_lanes_chunks", out nint chunks)
            || !NativeLibrary.TryGetExport(library, "canary_lanes_join", out nint join))
            return null;
        return new LaneModule(
            (LaneWidth)Marshal.GetDelegateForFunctionPointer<WidestOf>(widest)(),
            Marshal.GetDelegateForFunctionPointer<ChunksOf>(chunks),
            Marshal.GetDelegateForFunctionPointer<JoinOf>(join));
    }

    // By CPUID, since the compiler's own answers are those of what it was told to compile for. A library that asks for more than the
    // processor has ends the process when it is entered.
    private static LaneWidth Processor()
    {
        const int Fma = 1 << 12, Movbe = 1 << 22, OsSaves = 1 << 27, Avx = 1 << 28;
        const int Bmi1 = 1 << 3, Wide = 1 << 5, Bmi2 = 1 << 8;
        const int Foundation = 1 << 16, Quad = 1 << 17, Conflict = 1 << 28, Bytes = 1 << 30, Lengths = 1 << 31;
        const int Lzcnt = 1 << 5;
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 0xD)
            return LaneWidth.One;
        int basic = X86Base.CpuId(1, 0).Ecx, extended = X86Base.CpuId(7, 0).Ebx, more = X86Base.CpuId(unchecked((int)0x80000001), 0).Ecx;
        // Of the registers that the system saves: 832 bytes hold those of AVX, and those of AVX-512 end at 2688.
        int saved = X86Base.CpuId(0xD, 0).Ebx;
        bool v3 = All(basic, Fma | Movbe | OsSaves | Avx) && All(extended, Bmi1 | Wide | Bmi2) && All(more, Lzcnt) && saved >= 832;
        bool v4 = v3 && All(extended, Foundation | Quad | Conflict | Bytes | Lengths) && saved >= 2688;
        return v4 ? LaneWidth.Sixteen : v3 ? LaneWidth.Eight : LaneWidth.One;
    }

    private static bool All(int register, int bits) => (register & bits) == bits;
}
