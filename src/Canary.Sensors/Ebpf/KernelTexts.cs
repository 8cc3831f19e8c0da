using Canary.Sensors.Proc;
using Canary.Text;

namespace Canary.Sensors.Ebpf;

/// <summary>Texts as the BPF program sends them, with the few that repeat all the time made only once.</summary>
internal sealed class KernelTexts
{
    private const int Remembered = 512, LongestRemembered = 256;

    private readonly (byte[] Bytes, string Text, bool Lossy)[] _known = new (byte[], string, bool)[Remembered];
    private readonly byte[] _joined = new byte[16384];
    private readonly NulStrings.Decoder _text; // one for all events: a delegate made for each would be garbage of each

    public KernelTexts() => _text = Text;

    /// <summary>The path whose names stand last first, each with its NUL.</summary>
    public string Join(ReadOnlySpan<byte> names, bool detached, bool unlinked, ref bool lossy)
    {
        int start = _joined.Length;
        while (!names.IsEmpty)
        {
            int length = names.IndexOf((byte)0);
            if (length < 0)
                length = names.Length;
            start -= length + 1;
            if (start < 0)
                break;
            _joined[start] = (byte)'/';
            names[..length].CopyTo(_joined.AsSpan(start + 1));
            names = names[Math.Min(length + 1, names.Length)..];
        }

        start = Math.Max(start, 0);
        if (start == _joined.Length)
            return "/";
        // In no directory tree: `memfd:x`, not `/memfd:x`, which a file could be called
        string path = Text(_joined.AsSpan(detached ? start + 1 : start), ref lossy);
        return unlinked ? path + " (deleted)" : path;
    }

    /// <summary>Strings that end in a NUL each, empty ones kept.</summary>
    public string[] Split(ReadOnlySpan<byte> bytes, ref bool lossy) => NulStrings.Split(bytes, _text, ref lossy);

    public string Text(ReadOnlySpan<byte> bytes, ref bool lossy)
    {
        if (bytes.IsEmpty)
            return "";
        if (bytes.Length > LongestRemembered)
            return Utf8.Decode(bytes, ref lossy);
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        ref var slot = ref _known[(uint)hash.ToHashCode() % Remembered];
        if (slot.Bytes is null || !bytes.SequenceEqual(slot.Bytes))
        {
            bool bad = false;
            slot = (bytes.ToArray(), Utf8.Decode(bytes, ref bad), bad);
            slot.Lossy = bad;
        }

        lossy |= slot.Lossy;
        return slot.Text;
    }
}
