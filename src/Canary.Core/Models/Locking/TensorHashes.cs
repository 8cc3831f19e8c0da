using System.Security.Cryptography;

namespace Canary.Models.Locking;

/// <summary>SHA-256 of each tensor and of what comes before the first, fed with the file from its start to its end.</summary>
internal sealed class TensorHashes : IDisposable
{
    private readonly IncrementalHash _header = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ModelTensor[] _tensors;
    private readonly List<LockedTensor> _done = [];
    private readonly long _headerEnd;
    private int _current;

    public TensorHashes(IReadOnlyList<ModelTensor> tensors, long length)
    {
        var apart = new List<ModelTensor>();
        long end = 0;
        foreach (var tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.Length))
        {
            if (tensor.Offset < end || tensor.Length < 0 || tensor.Offset > length - tensor.Length)
                continue;
            apart.Add(tensor);
            end = tensor.Offset + tensor.Length;
        }

        _tensors = [.. apart];
        _headerEnd = apart.Count > 0 ? apart[0].Offset : 0;
    }

    /// <summary>Null without tensors.</summary>
    public string? Header { get; private set; }

    /// <summary>In the order in which they lie.</summary>
    public IReadOnlyList<LockedTensor> Done
    {
        get
        {
            // An empty one at the end of the file, and all of an empty file.
            while (_current < _tensors.Length)
                Take();
            Header ??= _tensors.Length > 0 ? Convert.ToHexStringLower(_header.GetHashAndReset()) : null;
            return _done;
        }
    }

    public void Append(long offset, ReadOnlySpan<byte> block)
    {
        if (offset < _headerEnd)
            _header.AppendData(block[..(int)Math.Min(block.Length, _headerEnd - offset)]);
        long end = offset + block.Length;
        while (_current < _tensors.Length && _tensors[_current].Offset < end)
        {
            var tensor = _tensors[_current];
            int from = (int)Math.Max(0, tensor.Offset - offset);
            int to = (int)Math.Min(block.Length, tensor.Offset + tensor.Length - offset);
            _hash.AppendData(block[from..to]);
            if (tensor.Offset + tensor.Length > end)
                return;
            Take();
        }
    }

    public void Dispose()
    {
        _header.Dispose();
        _hash.Dispose();
    }

    private void Take()
    {
        var tensor = _tensors[_current++];
        _done.Add(new LockedTensor(tensor.Name, tensor.Type, tensor.Offset, tensor.Length, Convert.ToHexStringLower(_hash.GetHashAndReset())));
    }
}
