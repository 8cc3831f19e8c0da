using System.Collections.Frozen;

namespace Canary.Models.Pickles;

/// <summary>
/// Whether <c>torch.load(weights_only=True)</c> would take a stream: the instructions and names of <c>torch/_weights_only_unpickler.py</c>
/// (PyTorch 2.10), without what a program adds by <c>add_safe_globals</c>.
/// </summary>
internal sealed class WeightsOnly
{
    private static readonly FrozenSet<byte> Opcodes = new[]
    {
        Op.Append, Op.Appends, Op.BinFloat, Op.BinGet, Op.BinInt, Op.BinInt1, Op.BinInt2, Op.BinPersId, Op.BinPut, Op.BinUnicode, Op.Build,
        Op.EmptyDict, Op.EmptyList, Op.EmptySet, Op.EmptyTuple, Op.Global, Op.Long1, Op.LongBinGet, Op.LongBinPut, Op.Mark, Op.NewFalse, Op.NewObj,
        Op.NewTrue, Op.None, Op.Proto, Op.Reduce, Op.SetItem, Op.SetItems, Op.ShortBinString, Op.Stop, Op.Tuple, Op.Tuple1, Op.Tuple2, Op.Tuple3,
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Types = Words(
        "bool uint8 int8 int16 int32 int64 float16 float32 float64 bfloat16 complex32 complex64 complex128 half float double short int long cfloat cdouble "
        + "quint8 qint8 qint32 quint4x2 quint2x4 bits8 bits16 bits1x8 bits2x4 bits4x2 float8_e5m2 float8_e4m3fn float8_e5m2fnuz float8_e4m3fnuz "
        + "float8_e8m0fnu float4_e2m1fn_x2 uint16 uint32 uint64 uint1 uint2 uint3 uint4 uint5 uint6 uint7 int1 int2 int3 int4 int5 int6 int7 "
        + "per_tensor_affine per_tensor_symmetric per_channel_affine per_channel_symmetric per_channel_affine_float_qparams Size Tensor device");

    private static readonly FrozenSet<string> Numbers = Words(
        "Double Float Half BFloat16 Long Int Short Char Byte Bool ComplexFloat ComplexDouble QUInt8 QInt8 QInt32 QUInt4x2 QUInt2x4");

    private static readonly FrozenSet<string> Rebuilders = Words(
        "parameter parameter_with_state qtensor tensor tensor_v2 tensor_v3 sparse_tensor meta_tensor_no_storage wrapper_subclass "
        + "device_tensor_from_numpy device_tensor_from_cpu_tensor");

    private static readonly FrozenSet<string> Others = Words(
        "collections.OrderedDict collections.Counter torch.nn.parameter.Parameter torch.serialization._get_layout _codecs.encode "
        + "builtins.bytearray builtins.set builtins.complex torch.storage.TypedStorage torch.storage.UntypedStorage torch.TypedStorage "
        + "torch.UntypedStorage torch._tensor._rebuild_from_type_v2");

    public bool Loads { get; private set; } = true;

    public void Refuse() => Loads = false;

    public void Joins(WeightsOnly other) => Loads &= other.Loads;

    public void Sees(byte opcode) => Loads &= Opcodes.Contains(opcode);

    public void Imports(ImportedValue imported) => Loads &= Knows(imported);

    /// <summary>A class or function, by the name that Python 3 has for it.</summary>
    public static bool Knows(ImportedValue imported)
    {
        var (module, name) = Python2Names.Translate(imported.Module, imported.Name);
        return module switch
        {
            "torch" => Types.Contains(name) || IsStorage(name) || IsTensor(name),
            "torch.cuda" or "torch.sparse" or "torch.cuda.sparse" => IsStorage(name) || IsTensor(name),
            "torch._utils" => name.StartsWith("_rebuild_", StringComparison.Ordinal) && Rebuilders.Contains(name["_rebuild_".Length..]),
            _ => Others.Contains($"{module}.{name}"),
        };
    }

    public void Calls(PickleValue called, string how) => Loads &= called is ImportedValue imported && Knows(imported) && how is "REDUCE" or "NEWOBJ";

    public void Builds(PickleValue target) => Loads &= target is MadeValue { Maker: { } maker } && Knows(maker);

    public void Grows(PickleValue target, bool pairs) => Loads &= target switch
    {
        MadeValue { Maker: { } maker } => pairs && (maker.Is("collections", "OrderedDict") || maker.Is("collections", "Counter")),
        GrowingValue growing => growing.Kind == (pairs ? GrowingKind.Dictionary : GrowingKind.List),
        _ => false,
    };

    public void Persists(PickleValue id, PickleReader reader) => Loads &= id is NumberValue
        || (id is TupleValue { Values: [TextValue kind, ..] } && PickleText.Read(reader, kind) == "storage");

    private static bool IsStorage(string name) => name.EndsWith("Storage", StringComparison.Ordinal) && Numbers.Contains(name[..^"Storage".Length]);

    private static bool IsTensor(string name) => name.EndsWith("Tensor", StringComparison.Ordinal) && Numbers.Contains(name[..^"Tensor".Length]);

    private static FrozenSet<string> Words(string text) => text.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
