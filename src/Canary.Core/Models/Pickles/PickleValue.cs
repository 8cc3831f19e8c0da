namespace Canary.Models.Pickles;

/// <summary>What stands on the stack of the machine, as far as it matters to what a pickle may do.</summary>
internal abstract class PickleValue
{
    /// <summary>How many values one comes by, who walks this one without noticing what is shared.</summary>
    public virtual long Weight => 1;

    protected static long Sum(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}

/// <summary>Numbers, bytes and the like, of which only the kind counts.</summary>
internal sealed class PlainValue : PickleValue
{
    public static readonly PlainValue Plain = new();

    public static readonly PlainValue None = new();

    /// <summary>The number that a legacy PyTorch file begins with.</summary>
    public static readonly PlainValue TorchMagic = new();

    /// <summary>What nobody can say before the pickle runs.</summary>
    public static readonly PlainValue Unresolved = new();
}

internal sealed class NumberValue(long number) : PickleValue
{
    public long Number => number;
}

/// <summary>A text, by where it stands: only the few that are names are read.</summary>
internal sealed class TextValue(long start, long length, TextForm form) : PickleValue
{
    public long Start => start;

    public long Length => length;

    public TextForm Form => form;
}

/// <summary>What the bytes of a text are.</summary>
internal enum TextForm : byte
{
    Utf8,

    /// <summary>Python 2's strings, with escapes where they stand in a line.</summary>
    Bytes,
    Escaped,
    RawUnicode,
}

/// <summary>A tuple. What it holds is kept only of short ones.</summary>
internal sealed class TupleValue : PickleValue
{
    public const int MostKept = 16;

    public TupleValue(ReadOnlySpan<PickleValue> values)
    {
        long weight = 1;
        foreach (var value in values)
            weight = Sum(weight, value.Weight);
        Weight = weight;
        Count = values.Length;
        Values = values.Length <= MostKept ? values.ToArray() : [];
    }

    public static TupleValue Empty { get; } = new([]);

    public override long Weight { get; }

    public int Count { get; }

    public PickleValue[] Values { get; }
}

/// <summary>Something that grows: a list, a dictionary, a set.</summary>
internal class GrowingValue(GrowingKind kind) : PickleValue
{
    private long _weight = 1;

    public GrowingKind Kind => kind;

    public override long Weight => _weight;

    /// <summary>Of a dictionary that describes an array, as joblib writes it.</summary>
    public ArrayState? Array { get; set; }

    public void Add(PickleValue value) => _weight = Sum(_weight, value.Weight);
}

internal enum GrowingKind : byte
{
    List,
    Dictionary,
    Set,
    FrozenSet,
    Object,
}

/// <summary>What was imported by name, not yet used.</summary>
internal sealed class ImportedValue(string module, string name, long offset) : PickleValue
{
    public string Module => module;

    public string Name => name;

    /// <summary>Of the instruction that named it.</summary>
    public long Offset => offset;

    /// <summary>Something was done with it, and was reported.</summary>
    public bool Used { get; set; }

    public bool Is(string otherModule, string otherName) => name == otherName && module == otherModule;
}

/// <summary>An object that a call of something imported made.</summary>
internal sealed class MadeValue(ImportedValue? maker) : GrowingValue(GrowingKind.Object)
{
    /// <summary>Null where what was called is not known.</summary>
    public ImportedValue? Maker => maker;

    /// <summary>Of a numpy dtype.</summary>
    public ElementType? Element { get; set; }
}

/// <summary>What the loader puts in place of a persistent id.</summary>
internal sealed class PersistentValue(PickleValue id) : PickleValue
{
    public PickleValue Id => id;
}

/// <summary>What numbers an array has.</summary>
internal sealed record ElementType(long Size, bool HasObjects);

/// <summary>What joblib notes of an array whose bytes follow within the stream.</summary>
internal sealed class ArrayState
{
    public TupleValue? Shape { get; set; }

    public ElementType? Element { get; set; }

    /// <summary>A byte with the length of a padding goes before the array.</summary>
    public bool Aligned { get; set; }
}
