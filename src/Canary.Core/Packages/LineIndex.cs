namespace Canary.Packages;

/// <summary>Which line a byte of a text stands on.</summary>
public sealed class LineIndex
{
    private readonly List<int> _starts = [0];

    public LineIndex(ReadOnlySpan<byte> text)
    {
        for (int at = 0; text[at..].IndexOf((byte)'\n') is >= 0 and int next; at += next + 1)
            _starts.Add(at + next + 1);
    }

    /// <summary>From 1.</summary>
    public int LineOf(long offset)
    {
        int at = _starts.BinarySearch((int)Math.Clamp(offset, 0, int.MaxValue));
        return at >= 0 ? at + 1 : ~at;
    }
}
