using Canary.Models.Formats.Configs;
using Canary.Text;

namespace Canary.Models.Formats.Hdf5;

/// <summary>A dataset: its numbers must lie in the file and nowhere else, and be as many as its shape says.</summary>
internal sealed class Hdf5Dataset(Hdf5File file, GlobalHeap heap, Hdf5Texts texts)
{
    // Keras refuses from here on: what a reader would take memory for, and how many times what is stored.
    private const long BombBytes = 4L * 1024 * 1024 * 1024, BombTimes = 1000;

    /// <param name="path">Hostile text.</param>
    /// <param name="external">Its numbers lie in other files, which is said already.</param>
    /// <exception cref="MalformedModelException">It is broken.</exception>
    public void Read(string path, Hdf5Layout layout, Hdf5Type type, Hdf5Space space, IReadOnlyList<Hdf5Filter> filters, bool external, long at)
    {
        long size = file.Times(space.Elements, type.Size, at);
        switch (layout.Class)
        {
            case Hdf5LayoutClass.Virtual:
                Hdf5Elsewhere.Virtual(file, heap, layout, at);
                break;
            case Hdf5LayoutClass.Chunked:
                Chunked(path, layout, type, space, filters, at);
                break;
            case Hdf5LayoutClass.Contiguous when external || layout.Address == Hdf5File.Undefined:
                Bomb(path, size, 0, at);
                break;
            default:
                Plain(path, layout, type, space, size, at);
                break;
        }
    }

    private void Plain(string path, Hdf5Layout layout, Hdf5Type type, Hdf5Space space, long size, long at)
    {
        long stored = layout.Size ?? size;
        if (layout.Class == Hdf5LayoutClass.Contiguous && !Inside(layout.Address, stored, path))
            return;
        if (stored != size)
            file.Report("hdf5-size", stored < size ? ModelVerdict.Deny : ModelVerdict.Unknown, at,
                $"the shape of {Printable.Line(path, 200)} takes {size} bytes, and {stored} are there");
        if (stored == size && size > 0 && file.Inspection.Within.Length == 0)
            file.Facts.Tensor(new ModelTensor(Printable.Line(path, 200), type.Word, space.Shape, file.FileOffset(layout.Address), size));
        if (type.IsText)
            texts.Judge(path, texts.Pieces(type, file.Slice(path, layout.Address, Math.Min(size, stored)), layout.Address));
    }

    private void Chunked(string path, Hdf5Layout layout, Hdf5Type type, Hdf5Space space, IReadOnlyList<Hdf5Filter> filters, long at)
    {
        long bytes = 1;
        foreach (long dimension in layout.Chunk)
            bytes = file.Times(bytes, dimension, at);
        var pieces = new List<Hdf5Text>();
        bool bytesOnly = type.Class is not (Hdf5TypeClass.Text or Hdf5TypeClass.Varying), wanted = type.IsText && (!bytesOnly || bytes <= JsonText.MostBytes);
        long unpacked = 0, stored = 0;
        foreach (var chunk in ChunkIndex.Of(file, layout, space, filters.Count > 0, bytes))
        {
            file.Inspection.Cancel.ThrowIfCancellationRequested();
            if (chunk.Address == Hdf5File.Undefined || !Inside(chunk.Address, chunk.Length, path))
                continue;
            stored += chunk.Length;
            if (!wanted)
                continue;
            if (Hdf5Unpack.Chunk(file, chunk, filters, bytes) is not { } body)
                continue;
            var found = texts.Pieces(type, body, chunk.Address);
            // Bytes that are no text are the numbers of some layer: their beginning tells.
            if (bytesOnly && pieces.Count == 0)
                wanted = found.Count > 0 && found[0].BeginsLikeJson(out _);
            if (wanted)
                pieces.AddRange(found);
            if ((unpacked += body.Length) <= JsonText.MostBytes || !wanted)
                continue;
            file.Unread("hdf5-too-large", at, $"the texts of {Printable.Line(path, 200)} were not all read");
            wanted = false;
        }

        texts.Judge(path, pieces);
        Bomb(path, file.Times(space.Elements, type.Size, at), stored, at);
    }

    private void Bomb(string path, long size, long stored, long at)
    {
        if (size > BombBytes && size / BombTimes > stored)
            file.Report("hdf5-bomb", ModelVerdict.Unknown, at, $"{Printable.Line(path, 200)} takes {size} bytes of memory, and {stored} are stored");
    }

    private bool Inside(long address, long length, string path)
    {
        if (address < 0 || length > file.Length - address)
        {
            file.Report("hdf5-outside", ModelVerdict.Unknown, Math.Max(0, address),
                $"the numbers of {Printable.Line(path, 200)} reach past the end of the file");
            return false;
        }

        file.Extents.Numbers(address, length);
        return true;
    }
}
