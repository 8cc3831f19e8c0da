using Canary.Models.Formats.Configs;
using Canary.Text;

namespace Canary.Models.Formats.Hdf5;

/// <summary>Gives all texts of the file that begin like JSON to the reader of Keras' configurations, also those that lie in pieces.</summary>
internal sealed class Hdf5Texts(Hdf5File file, GlobalHeap heap)
{
    /// <summary>Values that are looked at.</summary>
    public const int MostTexts = 200_000;

    /// <summary>What all configurations may have together, in bytes. The largest seen have some hundred KiB.</summary>
    public const long MostConfigurationBytes = JsonText.MostBytes;

    // Vocabularies have short words with any beginning.
    private const int LeastBytes = 16, PointerBytes = 8, MostBlanks = 1000;

    private readonly Dictionary<string, SortedDictionary<ulong, List<Hdf5Text>>> _numbered = new(StringComparer.Ordinal);
    private readonly HashSet<(long At, long Length)> _seen = [];
    private int _texts, _blanks;
    private long _configurations;

    /// <summary>The values of elements of that type.</summary>
    /// <param name="data">The elements.</param>
    /// <param name="at">Where they lie.</param>
    public List<Hdf5Text> Pieces(Hdf5Type type, ModelBytes data, long at)
    {
        var pieces = new List<Hdf5Text>();
        if (type.Class == Hdf5TypeClass.Varying)
            Varying(type, data, at, pieces);
        else if (type.Class != Hdf5TypeClass.Text)
            pieces.Add(new Hdf5Text(data, at));
        else if (type.Size > 0)
        {
            for (long from = 0; from < data.Length && Count(at); from += type.Size)
                pieces.Add(new Hdf5Text(data.Slice(data.Name, from, type.Size), at + from));
        }

        return pieces;
    }

    /// <summary>Takes an attribute. Keras splits what is too long for one into several with a number behind the name.</summary>
    public void Attribute(string name, List<Hdf5Text> pieces)
    {
        string stem = name.TrimEnd(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        if (stem.Length == name.Length || !ulong.TryParse(name.AsSpan(stem.Length), out ulong number))
        {
            Judge(name, pieces);
            return;
        }

        if (!_numbered.TryGetValue(stem, out var parts))
            _numbered[stem] = parts = [];
        if (!parts.TryAdd(number, pieces))
            parts[number].AddRange(pieces);
    }

    /// <summary>All attributes of an object were taken.</summary>
    public void EndObject()
    {
        foreach (var (stem, parts) in _numbered)
            Judge(stem, [.. parts.Values.SelectMany(p => p)]);
        _numbered.Clear();
    }

    /// <summary>Judges each text, and together with those after it where it is no JSON alone.</summary>
    public void Judge(string name, List<Hdf5Text> pieces)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            file.Inspection.Cancel.ThrowIfCancellationRequested();
            if (pieces[i].Bytes.Length < LeastBytes && pieces.Count == 1 || !Begins(pieces[i]) || !_seen.Add((pieces[i].At, pieces[i].Bytes.Length)))
                continue;
            int taken = 1;
            long length = pieces[i].Bytes.Length;
            if (i + 1 < pieces.Count && !IsJson(pieces[i]))
            {
                for (; i + taken < pieces.Count && length <= JsonText.MostBytes; taken++)
                    length += pieces[i + taken].Bytes.Length;
            }

            Configuration(name, pieces.GetRange(i, taken), length);
            i += taken - 1;
        }
    }

    private bool Begins(Hdf5Text piece)
    {
        if (_blanks > MostBlanks)
            return false;
        bool begins = piece.BeginsLikeJson(out bool blank);
        if (blank && _blanks++ == MostBlanks)
            file.Unread("hdf5-too-many", piece.At, $"more than {MostBlanks} texts begin with blanks; the others were not read");
        return begins;
    }

    private void Configuration(string name, List<Hdf5Text> pieces, long length)
    {
        long at = pieces[0].At;
        if (length > JsonText.MostBytes || (_configurations += length) > MostConfigurationBytes)
        {
            file.Unread("hdf5-too-large", at, $"a configuration of {length} bytes was not read, or there are too many");
            return;
        }

        using var whole = new MemoryStream((int)length);
        foreach (var piece in pieces)
            whole.Write(Text(piece));
        if (whole.Length < LeastBytes)
            return;
        var text = new HeldBytes($"{Printable.Line(name, 80)} at offset {file.FileOffset(at)}", whole.GetBuffer().AsMemory(0, (int)whole.Length));
        using var document = JsonText.Parse(text, file.Facts, file.Inspection);
        if (document is null)
            Hdf5Search.Run(text, file.Facts, file.Inspection);
        else
            new KerasConfig(file.Facts, file.Inspection).Walk(document.RootElement);
    }

    private bool IsJson(Hdf5Text piece)
    {
        if (piece.Bytes.Length > JsonText.MostBytes || (_configurations += piece.Bytes.Length) > MostConfigurationBytes)
            return false;
        using var document = JsonText.Parse(new HeldBytes("", Text(piece)), new ModelFacts(), file.Inspection);
        return document is not null;
    }

    // Up to the first zero, where readers see the end; what they do not see is not hidden from the search for words.
    private byte[] Text(Hdf5Text piece)
    {
        byte[] bytes = piece.Bytes.Read(0, JsonText.MostBytes);
        int end = bytes.AsSpan().IndexOf((byte)0);
        if (end < 0)
            return bytes;
        if (bytes.AsSpan(end).ContainsAnyExcept((byte)0))
        {
            file.Report("hdf5-text-hidden", ModelVerdict.Unknown, piece.At, "more text follows the zero that ends a text");
            Hdf5Search.Run(new HeldBytes("", bytes.AsMemory(end)), file.Facts, file.Inspection);
        }

        return bytes[..end];
    }

    private void Varying(Hdf5Type type, ModelBytes data, long at, List<Hdf5Text> pieces)
    {
        if (type.Size != PointerBytes + file.OffsetBytes)
            throw file.Fault(at, $"pointers to texts have {type.Size} bytes");
        if (data.Length > Hdf5File.MostBlockBytes)
            file.Unread("hdf5-too-many", at, "a dataset has more texts than were read");
        var pointers = new Hdf5Block(file, data.Read(0, Hdf5File.MostBlockBytes), at);
        while (pointers.Left >= type.Size && Count(at))
        {
            long place = pointers.Address;
            uint length = pointers.U32();
            long collection = pointers.Offset();
            uint index = pointers.U32();
            if (length == 0 || collection is 0 or Hdf5File.Undefined)
                continue;
            var (address, size) = heap.Find(collection, index);
            if (size < length)
                throw file.Fault(place, $"a text of {length} bytes is said to lie in {size}");
            // The pointer says how much is read; what else is there belongs to nobody.
            pieces.Add(new Hdf5Text(file.Slice("text", address, length), address));
        }
    }

    private bool Count(long at)
    {
        if (_texts++ < MostTexts)
            return true;
        if (_texts == MostTexts + 1)
            file.Unread("hdf5-too-many", at, $"only the first {MostTexts} texts were read");
        return false;
    }
}
