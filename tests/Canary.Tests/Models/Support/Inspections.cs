using Canary.Models;
using Canary.Models.Pickles;
using Xunit;

namespace Canary.Tests.Models.Support;

/// <summary>Inspects bytes as the program does, and says what came of it.</summary>
internal static class Inspections
{
    // Read once: the fuzzers inspect by the ten thousand.
    private static readonly ImportPolicy Imports = ImportPolicy.BuiltIn();

    /// <param name="siblings">What else lies in the directory.</param>
    public static ModelFacts Of(string name, byte[] bytes, IReadOnlyDictionary<string, byte[]>? siblings = null, CancellationToken cancel = default) =>
        ModelFormats.Inspect(new HeldBytes(name, bytes), For(siblings, cancel));

    public static ModelInspection For(IReadOnlyDictionary<string, byte[]>? siblings = null, CancellationToken cancel = default) => new(
        Imports, relative => siblings is not null && siblings.TryGetValue(relative, out var held) ? new HeldBytes(relative, held) : null, cancel);

    public static void HasOnly(ModelVerdict verdict, string code, ModelFacts facts)
    {
        Assert.Equal([code], facts.Anomalies.Select(a => a.Code).Distinct());
        Assert.Equal(verdict, facts.Verdict);
    }

    public static void IsClean(ModelFacts facts)
    {
        Assert.Empty(facts.Anomalies.Select(a => $"{a.Code} {a.Place}: {a.Why}"));
        Assert.Equal(ModelVerdict.Allow, facts.Verdict);
    }
}
