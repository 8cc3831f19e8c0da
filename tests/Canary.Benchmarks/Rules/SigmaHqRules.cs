using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Canary.Rules;

namespace Canary.Benchmarks.Rules;

/// <summary>SigmaHQ's rules, as the tests carry them.</summary>
internal static class SigmaHqRules
{
    public static RuleSource[] Read()
    {
        using var archive = new GZipStream(File.OpenRead(Path.Combine(Checkout.Root, "tests", "data", "sigmahq", "rules.tar.gz")), CompressionMode.Decompress);
        using var tar = new TarReader(archive);
        var rules = new List<RuleSource>();
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { } data || !entry.Name.EndsWith(".yml", StringComparison.Ordinal))
                continue;
            using var text = new StreamReader(data, Encoding.UTF8);
            rules.Add(new RuleSource(entry.Name, text.ReadToEnd()));
        }

        return [.. rules];
    }
}
