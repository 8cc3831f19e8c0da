namespace Canary.Replay;

/// <summary>Finds the end of an object that is not held in memory: braces outside of strings, and nothing else of JSON.</summary>
internal sealed class RecordEnd
{
    private int _depth;
    private bool _inString, _escaped;

    public bool IsFound { get; private set; }

    /// <summary>How many of these bytes belong to the object.</summary>
    public int Find(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && !IsFound)
        {
            if (_escaped)
            {
                _escaped = false;
                at++;
                continue;
            }

            int next = _inString ? bytes[at..].IndexOfAny((byte)'"', (byte)'\\', (byte)'\n') : bytes[at..].IndexOfAny("\"{}[]"u8);
            if (next < 0)
                return bytes.Length;
            at += next + 1;
            switch (bytes[at - 1])
            {
                case (byte)'"':
                    _inString = !_inString;
                    break;
                case (byte)'\\':
                    _escaped = true;
                    break;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                case (byte)'}' or (byte)']':
                    _depth--;
                    IsFound = _depth == 0;
                    break;
                default:
                    // JSON has no line end within a string: this one was never closed, and the next line is another record.
                    IsFound = true;
                    break;
            }
        }

        return at;
    }
}
