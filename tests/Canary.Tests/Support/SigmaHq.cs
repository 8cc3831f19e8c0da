using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Canary.Rules;

namespace Canary.Tests.Support;

/// <summary>SigmaHQ's rules as `tests/data/sigmahq` carries them: one archive, unpacked in memory.</summary>
internal static class SigmaHq
{
    public const string Archive = "tests/data/sigmahq/rules.tar.gz";

    private static readonly Lazy<IReadOnlyList<RuleSource>> Read = new(() =>
    {
        using var tar = new TarReader(Open());
        var rules = new List<RuleSource>();
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { } data || !entry.Name.EndsWith(".yml", StringComparison.Ordinal))
                continue;
            using var text = new StreamReader(data, Encoding.UTF8);
            rules.Add(new RuleSource(entry.Name, text.ReadToEnd()));
        }

        return rules;
    });

    private static readonly Lazy<RuleLoad> Loaded = new(() => RuleLoader.Load(All));
    private static readonly Lazy<RuleLoad> ForRecords = new(() => RuleLoader.Load(All, new RuleOptions { ForRecordedEvents = true }));

    /// <summary>One file each, in the order of their paths.</summary>
    public static IReadOnlyList<RuleSource> All => Read.Value;

    /// <summary>All of them, with no placeholder defined.</summary>
    public static RuleLoad Load => Loaded.Value;

    /// <summary>The same for the log of another sensor, which may have fields that none of ours fills.</summary>
    public static RuleLoad Recorded => ForRecords.Value;

    /// <summary>As files below a directory.</summary>
    public static void Unpack(string directory)
    {
        using var tar = Open();
        TarFile.ExtractToDirectory(tar, directory, overwriteFiles: false);
    }

    private static GZipStream Open() => new(File.OpenRead(Checkout.At(Archive)), CompressionMode.Decompress);
}
