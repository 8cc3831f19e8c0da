using System.Buffers.Binary;

namespace Canary.Models.Pickles;

/// <summary>
/// What PyTorch wrote before 1.6: five pickles (a number, a version, the system, the object, the keys of the storages), then the storages,
/// each its count in eight bytes and its numbers. The source is <c>torch/serialization.py</c>, <c>_legacy_load</c>.
/// </summary>
internal sealed class LegacyTorch(PickleReader reader, IPickleSink sink)
{
    /// <summary>Of the keys; they count from 0.</summary>
    public const int LastStream = 4;

    private const int ObjectStream = 3;

    private readonly List<TupleValue> _storages = [];
    private readonly List<TextValue> _keys = [];

    public bool IsFinished { get; private set; }

    public List<TupleValue>? Storages(int stream) => stream == ObjectStream ? _storages : null;

    public List<TextValue>? Keys(int stream) => stream == LastStream ? _keys : null;

    /// <summary>Steps over the storages, which begin where the reader stands.</summary>
    public void Finish()
    {
        IsFinished = true;
        var known = new Dictionary<string, (long Count, int Size)>(StringComparer.Ordinal);
        foreach (var storage in _storages)
        {
            if (storage.Values is [_, ImportedValue type, TextValue key, _, NumberValue count, ..] && PickleText.Read(reader, key) is { } name)
                known[name] = (count.Number, ElementSize(type.Name));
        }

        foreach (var key in _keys)
        {
            if (PickleText.Read(reader, key) is not { } name || !known.TryGetValue(name, out var storage) || storage.Size == 0 || storage.Count < 0)
            {
                sink.Report("torch-legacy-storage", ModelVerdict.Deny, reader.Position, "a storage follows that the object does not speak of");
                return;
            }

            byte[] count = reader.Read(reader.Position, 8);
            if (count.Length < 8 || BinaryPrimitives.ReadInt64LittleEndian(count) != storage.Count)
            {
                sink.Report("torch-legacy-storage", ModelVerdict.Deny, reader.Position, "a storage has another length than the object says");
                return;
            }

            if (storage.Count > (reader.Length - reader.Position - 8) / storage.Size)
            {
                sink.Report("torch-legacy-truncated", ModelVerdict.Deny, reader.Position, "a storage is longer than the file");
                return;
            }

            reader.Position += 8 + (storage.Count * storage.Size);
        }

        if (reader.Position < reader.Length)
            sink.Report("pickle-trailing-bytes", ModelVerdict.Unknown, reader.Position, "bytes follow the last storage");
    }

    /// <summary>Of one number of a storage class, in bytes; 0 for a class that is not known.</summary>
    public static int ElementSize(string type) => type switch
    {
        "DoubleStorage" or "LongStorage" or "ComplexFloatStorage" => 8,
        "FloatStorage" or "IntStorage" or "QInt32Storage" => 4,
        "HalfStorage" or "BFloat16Storage" or "ShortStorage" => 2,
        "CharStorage" or "ByteStorage" or "BoolStorage" or "QInt8Storage" or "QUInt8Storage" or "QUInt4x2Storage" or "QUInt2x4Storage" or "UntypedStorage" => 1,
        "ComplexDoubleStorage" => 16,
        _ => 0,
    };
}
