namespace Canary.Models.Formats.Hdf5;

/// <summary>Which bytes of the file belong to what. No byte belongs to two things that differ.</summary>
internal sealed class Hdf5Extents
{
    /// <summary>Parts that are remembered. Files of weights have some thousand.</summary>
    public const int MostParts = 500_000;

    private readonly HashSet<(long From, long To)> _structure = [];
    private readonly List<(long From, long To)> _numbers = [];

    public bool Full => _structure.Count + _numbers.Count >= MostParts;

    /// <summary>A part of the structure; the same one may be reached on several ways.</summary>
    public void Structure(long address, long length)
    {
        if (length > 0 && !Full)
            _structure.Add((address, address + length));
    }

    /// <summary>The numbers of a dataset, or of one of its chunks.</summary>
    public void Numbers(long address, long length)
    {
        if (length > 0 && !Full)
            _numbers.Add((address, address + length));
    }

    /// <summary>Reports bytes that have two owners.</summary>
    public void Report(Hdf5File file)
    {
        if (Full)
            file.Unread("hdf5-too-many", 0, $"the file has more than {MostParts} parts: not all were compared with each other");
        var sorted = new List<(long From, long To)>(_numbers.Count + _structure.Count);
        sorted.AddRange(_numbers);
        sorted.AddRange(_structure);
        sorted.Sort();
        long end = 0;
        foreach (var (from, to) in sorted)
        {
            if (from < end)
                file.Report("hdf5-overlap", ModelVerdict.Deny, from, $"what begins here lies in something else, which ends at {file.FileOffset(end)}");
            end = Math.Max(end, to);
        }
    }
}
