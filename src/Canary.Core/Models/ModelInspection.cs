using Canary.Models.Pickles;

namespace Canary.Models;

/// <summary>One inspection of one file: what a format may ask for beside the bytes.</summary>
/// <param name="imports">What pickles may import.</param>
/// <param name="sibling">Opens a file beside the inspected one by a relative path that stays below its directory; null where there is none, or none may be had.</param>
public sealed class ModelInspection(ImportPolicy imports, Func<string, ModelBytes?> sibling, CancellationToken cancel)
{
    /// <summary>Archives within archives, at most.</summary>
    public const int MostDepth = 4;

    /// <summary>What all unpacked members of one file may have together, in bytes.</summary>
    public const long MostUnpacked = 4L * 1024 * 1024 * 1024;

    private int _depth;
    private long _unpacked;

    public ImportPolicy Imports { get; } = imports;

    public CancellationToken Cancel { get; } = cancel;

    /// <summary>The path of the member that is being read, for places; empty outside archives.</summary>
    public string Within { get; private set; } = "";

    public ModelBytes? Sibling(string relative) => sibling(relative);

    /// <summary>A place as anomalies name it: the member and the offset.</summary>
    public string At(long offset) => Within.Length == 0 ? $"offset {offset}" : $"{Within} at offset {offset}";

    /// <summary>A place as anomalies name it: the member and a word.</summary>
    public string At(string word) => Within.Length == 0 ? word : $"{Within}: {word}";

    /// <summary>Takes so much from what may be unpacked; false when that is spent, and the member is not to be unpacked.</summary>
    public bool Spend(long bytes) => bytes >= 0 && (_unpacked += bytes) <= MostUnpacked;

    /// <summary>Inspects a member of an archive by its own format, into the same facts.</summary>
    /// <returns>The member's format; null where none claims it.</returns>
    public IModelFormat? Member(ModelBytes member, ModelFacts facts)
    {
        if (_depth >= MostDepth)
        {
            facts.Report("archive-too-deep", ModelVerdict.Deny, At(member.Name), $"archives lie within archives, more than {MostDepth} deep");
            return null;
        }

        var format = ModelFormats.Of(member);
        if (format is null)
            return null;
        string outer = Within;
        Within = outer.Length == 0 ? member.Name : outer + "!" + member.Name;
        _depth++;
        try
        {
            format.Inspect(member, facts, this);
        }
        finally
        {
            _depth--;
            Within = outer;
        }

        return format;
    }
}
