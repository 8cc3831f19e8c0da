namespace Canary.Models.Pickles;

/// <summary>How the argument of an opcode is written.</summary>
internal enum PickleArgument : byte
{
    None,
    UInt1,
    UInt2,
    Int4,
    UInt4,
    UInt8,
    Float8,

    /// <summary>Bytes after a count of 1, 4 or 8 bytes; <see cref="Signed4"/> is the count that may be negative, and then is a fault.</summary>
    Counted1,
    Counted4,
    Signed4,
    Counted8,
    DecimalLine,
    LongLine,
    FloatLine,

    /// <summary>Up to the end of the line, between quotes, with Python's escapes.</summary>
    QuotedLine,

    /// <summary>Up to the end of the line, with Python's raw escapes of Unicode.</summary>
    UnicodeLine,
    Line,
    TwoLines,
}

/// <summary>One of the 68 instructions of Python's pickle machine, protocols 0 to 5. The source is CPython's <c>pickletools.opcodes</c>.</summary>
/// <param name="Name">As <c>pickletools</c> has it; null where the byte is no instruction.</param>
/// <param name="Protocol">The first that has it.</param>
internal readonly record struct PickleOpcode(byte Code, string? Name, PickleArgument Argument, byte Protocol)
{
    private static readonly PickleOpcode[] Table = Filled();

    public static PickleOpcode Of(byte code) => Table[code];

    public static IEnumerable<PickleOpcode> All => Table.Where(o => o.Name is not null);

    private static PickleOpcode[] Filled()
    {
        var table = new PickleOpcode[256];
        foreach (var opcode in Listed())
            table[opcode.Code] = opcode;
        return table;
    }

    private static PickleOpcode[] Listed() =>
    [
        new(Op.Int, "INT", PickleArgument.DecimalLine, 0),
        new(Op.BinInt, "BININT", PickleArgument.Int4, 1),
        new(Op.BinInt1, "BININT1", PickleArgument.UInt1, 1),
        new(Op.BinInt2, "BININT2", PickleArgument.UInt2, 1),
        new(Op.Long, "LONG", PickleArgument.LongLine, 0),
        new(Op.Long1, "LONG1", PickleArgument.Counted1, 2),
        new(Op.Long4, "LONG4", PickleArgument.Signed4, 2),
        new(Op.String, "STRING", PickleArgument.QuotedLine, 0),
        new(Op.BinString, "BINSTRING", PickleArgument.Signed4, 1),
        new(Op.ShortBinString, "SHORT_BINSTRING", PickleArgument.Counted1, 1),
        new(Op.BinBytes, "BINBYTES", PickleArgument.Counted4, 3),
        new(Op.ShortBinBytes, "SHORT_BINBYTES", PickleArgument.Counted1, 3),
        new(Op.BinBytes8, "BINBYTES8", PickleArgument.Counted8, 4),
        new(Op.ByteArray8, "BYTEARRAY8", PickleArgument.Counted8, 5),
        new(Op.NextBuffer, "NEXT_BUFFER", PickleArgument.None, 5),
        new(Op.ReadOnlyBuffer, "READONLY_BUFFER", PickleArgument.None, 5),
        new(Op.None, "NONE", PickleArgument.None, 0),
        new(Op.NewTrue, "NEWTRUE", PickleArgument.None, 2),
        new(Op.NewFalse, "NEWFALSE", PickleArgument.None, 2),
        new(Op.Unicode, "UNICODE", PickleArgument.UnicodeLine, 0),
        new(Op.ShortBinUnicode, "SHORT_BINUNICODE", PickleArgument.Counted1, 4),
        new(Op.BinUnicode, "BINUNICODE", PickleArgument.Counted4, 1),
        new(Op.BinUnicode8, "BINUNICODE8", PickleArgument.Counted8, 4),
        new(Op.Float, "FLOAT", PickleArgument.FloatLine, 0),
        new(Op.BinFloat, "BINFLOAT", PickleArgument.Float8, 1),
        new(Op.EmptyList, "EMPTY_LIST", PickleArgument.None, 1),
        new(Op.Append, "APPEND", PickleArgument.None, 0),
        new(Op.Appends, "APPENDS", PickleArgument.None, 1),
        new(Op.List, "LIST", PickleArgument.None, 0),
        new(Op.EmptyTuple, "EMPTY_TUPLE", PickleArgument.None, 1),
        new(Op.Tuple, "TUPLE", PickleArgument.None, 0),
        new(Op.Tuple1, "TUPLE1", PickleArgument.None, 2),
        new(Op.Tuple2, "TUPLE2", PickleArgument.None, 2),
        new(Op.Tuple3, "TUPLE3", PickleArgument.None, 2),
        new(Op.EmptyDict, "EMPTY_DICT", PickleArgument.None, 1),
        new(Op.Dict, "DICT", PickleArgument.None, 0),
        new(Op.SetItem, "SETITEM", PickleArgument.None, 0),
        new(Op.SetItems, "SETITEMS", PickleArgument.None, 1),
        new(Op.EmptySet, "EMPTY_SET", PickleArgument.None, 4),
        new(Op.AddItems, "ADDITEMS", PickleArgument.None, 4),
        new(Op.FrozenSet, "FROZENSET", PickleArgument.None, 4),
        new(Op.Pop, "POP", PickleArgument.None, 0),
        new(Op.Dup, "DUP", PickleArgument.None, 0),
        new(Op.Mark, "MARK", PickleArgument.None, 0),
        new(Op.PopMark, "POP_MARK", PickleArgument.None, 1),
        new(Op.Get, "GET", PickleArgument.DecimalLine, 0),
        new(Op.BinGet, "BINGET", PickleArgument.UInt1, 1),
        new(Op.LongBinGet, "LONG_BINGET", PickleArgument.UInt4, 1),
        new(Op.Put, "PUT", PickleArgument.DecimalLine, 0),
        new(Op.BinPut, "BINPUT", PickleArgument.UInt1, 1),
        new(Op.LongBinPut, "LONG_BINPUT", PickleArgument.UInt4, 1),
        new(Op.Memoize, "MEMOIZE", PickleArgument.None, 4),
        new(Op.Ext1, "EXT1", PickleArgument.UInt1, 2),
        new(Op.Ext2, "EXT2", PickleArgument.UInt2, 2),
        new(Op.Ext4, "EXT4", PickleArgument.Int4, 2),
        new(Op.Global, "GLOBAL", PickleArgument.TwoLines, 0),
        new(Op.StackGlobal, "STACK_GLOBAL", PickleArgument.None, 4),
        new(Op.Reduce, "REDUCE", PickleArgument.None, 0),
        new(Op.Build, "BUILD", PickleArgument.None, 0),
        new(Op.Inst, "INST", PickleArgument.TwoLines, 0),
        new(Op.Obj, "OBJ", PickleArgument.None, 1),
        new(Op.NewObj, "NEWOBJ", PickleArgument.None, 2),
        new(Op.NewObjEx, "NEWOBJ_EX", PickleArgument.None, 4),
        new(Op.Proto, "PROTO", PickleArgument.UInt1, 2),
        new(Op.Stop, "STOP", PickleArgument.None, 0),
        new(Op.Frame, "FRAME", PickleArgument.UInt8, 4),
        new(Op.PersId, "PERSID", PickleArgument.Line, 0),
        new(Op.BinPersId, "BINPERSID", PickleArgument.None, 1),
    ];
}

/// <summary>The bytes of the instructions.</summary>
internal static class Op
{
    public const byte Mark = (byte)'(', Stop = (byte)'.', Pop = (byte)'0', PopMark = (byte)'1', Dup = (byte)'2', Float = (byte)'F', Int = (byte)'I',
        BinInt = (byte)'J', BinInt1 = (byte)'K', Long = (byte)'L', BinInt2 = (byte)'M', None = (byte)'N', PersId = (byte)'P', BinPersId = (byte)'Q',
        Reduce = (byte)'R', String = (byte)'S', BinString = (byte)'T', ShortBinString = (byte)'U', Unicode = (byte)'V', BinUnicode = (byte)'X',
        Append = (byte)'a', Build = (byte)'b', Global = (byte)'c', Dict = (byte)'d', EmptyDict = (byte)'}', Appends = (byte)'e', Get = (byte)'g',
        BinGet = (byte)'h', Inst = (byte)'i', LongBinGet = (byte)'j', List = (byte)'l', EmptyList = (byte)']', Obj = (byte)'o', Put = (byte)'p',
        BinPut = (byte)'q', LongBinPut = (byte)'r', SetItem = (byte)'s', Tuple = (byte)'t', EmptyTuple = (byte)')', SetItems = (byte)'u',
        BinFloat = (byte)'G', BinBytes = (byte)'B', ShortBinBytes = (byte)'C';

    public const byte Proto = 0x80, NewObj = 0x81, Ext1 = 0x82, Ext2 = 0x83, Ext4 = 0x84, Tuple1 = 0x85, Tuple2 = 0x86, Tuple3 = 0x87, NewTrue = 0x88,
        NewFalse = 0x89, Long1 = 0x8a, Long4 = 0x8b, ShortBinUnicode = 0x8c, BinUnicode8 = 0x8d, BinBytes8 = 0x8e, EmptySet = 0x8f, AddItems = 0x90,
        FrozenSet = 0x91, NewObjEx = 0x92, StackGlobal = 0x93, Memoize = 0x94, Frame = 0x95, ByteArray8 = 0x96, NextBuffer = 0x97, ReadOnlyBuffer = 0x98;
}
