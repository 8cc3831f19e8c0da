using System.Numerics;

namespace Canary.Models.Formats.Hdf5;

/// <summary>A datatype, as far as it says how large an element is and whether it is text.</summary>
/// <param name="Size">Of an element, in bytes.</param>
/// <param name="IsText">Characters: in the element itself, or in a heap where <paramref name="Class"/> is varying. Plain bytes count, too.</param>
/// <param name="Word">For people: <c>float32</c>.</param>
internal sealed record Hdf5Type(Hdf5TypeClass Class, long Size, bool IsText, string Word)
{
    private const int MostDepth = 16;

    /// <exception cref="MalformedModelException">The class is not known, or its parts do not fit together.</exception>
    public static Hdf5Type Read(Hdf5File file, Hdf5Block block) => Read(file, block, 0);

    private static Hdf5Type Read(Hdf5File file, Hdf5Block block, int depth)
    {
        long at = block.Address;
        if (depth > MostDepth)
            throw file.Fault(at, $"datatypes lie within datatypes, more than {MostDepth} deep");
        int first = block.U8(), version = first >> 4;
        var kind = (Hdf5TypeClass)(first & 15);
        uint bits = (uint)block.Number(3);
        long size = block.U32();
        if (version is < 1 or > 4 || kind > Hdf5TypeClass.Array)
            throw file.Fault(at, $"the datatype is of class {first & 15} and version {version}, which are not read");
        if (size == 0 && kind != Hdf5TypeClass.Text)
            throw file.Fault(at, "elements of the datatype have no bytes");
        switch (kind)
        {
            case Hdf5TypeClass.Integer or Hdf5TypeClass.Bits:
                block.Skip(4);
                bool signed = (bits & 8) != 0;
                return new Hdf5Type(kind, size, kind == Hdf5TypeClass.Integer && size == 1 && !signed, $"{(signed ? "int" : "uint")}{size * 8}");
            case Hdf5TypeClass.Float:
                block.Skip(12);
                return new Hdf5Type(kind, size, false, $"float{size * 8}");
            case Hdf5TypeClass.Time:
                block.Skip(2);
                return new Hdf5Type(kind, size, false, "time");
            case Hdf5TypeClass.Text:
                return new Hdf5Type(kind, size, true, "text");
            case Hdf5TypeClass.Opaque:
                block.Skip(Math.Min(bits & 0xff, (uint)block.Left));
                return new Hdf5Type(kind, size, false, "opaque");
            case Hdf5TypeClass.Compound:
                Members(file, block, (int)(bits & 0xffff), size, version, depth);
                return new Hdf5Type(kind, size, false, "compound");
            case Hdf5TypeClass.Enumeration:
                Named(file, block, (int)(bits & 0xffff), version, depth);
                return new Hdf5Type(kind, size, false, "enum");
            case Hdf5TypeClass.Varying:
                var element = Read(file, block, depth + 1);
                return new Hdf5Type(kind, size, (bits & 15) == 1 || element is { IsText: true, Size: 1 }, "vlen");
            case Hdf5TypeClass.Array:
                return Repeated(file, block, size, version, depth, at);
            default:
                return new Hdf5Type(kind, size, false, "reference");
        }
    }

    private static void Members(Hdf5File file, Hdf5Block block, int count, long size, int version, int depth)
    {
        for (int i = 0; i < count; i++)
        {
            Name(block, version);
            long offset = version < 3 ? block.U32() : (long)block.Number(BitOperations.Log2((ulong)size) / 8 + 1);
            int dimensions = 0;
            long repeated = 1;
            if (version == 1)
            {
                dimensions = block.U8();
                block.Skip(11);
                for (int d = 0; d < 4; d++)
                {
                    long length = block.U32();
                    repeated = d < dimensions ? file.Times(repeated, length, block.Address) : repeated;
                }
            }

            var member = Read(file, block, depth + 1);
            if (dimensions > 4 || offset > size || file.Times(member.Size, repeated, block.Address) > size - offset)
                throw file.Fault(block.Address, "a member of the datatype reaches past its end");
        }
    }

    private static void Named(Hdf5File file, Hdf5Block block, int count, int version, int depth)
    {
        var number = Read(file, block, depth + 1);
        for (int i = 0; i < count; i++)
            Name(block, version);
        block.Skip(file.Times(count, number.Size, block.Address));
    }

    private static Hdf5Type Repeated(Hdf5File file, Hdf5Block block, long size, int version, int depth, long at)
    {
        int rank = block.U8();
        if (version < 3)
            block.Skip(3);
        long elements = 1;
        for (int i = 0; i < rank; i++)
            elements = file.Times(elements, block.U32(), at);
        if (version < 3)
            block.Skip(4 * rank);
        var element = Read(file, block, depth + 1);
        if (file.Times(elements, element.Size, at) != size)
            throw file.Fault(at, "the datatype is not as large as its elements are together");
        return new Hdf5Type(Hdf5TypeClass.Array, size, element is { IsText: true, Class: not Hdf5TypeClass.Varying }, $"{element.Word}[{elements}]");
    }

    private static void Name(Hdf5Block block, int version)
    {
        int length = block.Terminated().Length + 1;
        if (version < 3)
            block.Skip(-length & 7);
    }
}
