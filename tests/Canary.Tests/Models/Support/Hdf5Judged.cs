using Canary.Models;
using Xunit;

namespace Canary.Tests.Models.Support;

/// <summary>Judges HDF5 files that tests have made.</summary>
internal static class Hdf5Judged
{
    public const string Honest = """{"class_name": "Sequential", "config": {"name": "m", "layers": []}}""";

    public const string Lambda = """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", "config": {"name": "x"}}]}}""";

    public static ModelFacts Judge(byte[] file) => Inspections.Of("m.h5", file);

    public static ModelFacts Judge(Hdf5Builder file) => Judge(file.Build());

    public static void Broken(Hdf5Builder file, string why) => Broken(file.Build(), why);

    /// <summary>It is unknown, since something is broken at an offset that is said.</summary>
    public static void Broken(byte[] file, string why)
    {
        var facts = Judge(file);
        Assert.Equal(ModelVerdict.Unknown, facts.Verdict);
        Assert.Contains(facts.Anomalies, a => a.Code == "hdf5-broken" && a.Why.Contains(why, StringComparison.Ordinal));
        Assert.All(facts.Anomalies, a => Assert.Matches(@"^offset \d+$|^.+ at offset \d+$", a.Place));
    }
}
