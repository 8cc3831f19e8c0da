using Canary.Models;
using Canary.Models.Pickles;

namespace Canary.Tests.Models;

/// <summary>Inspects bytes as the program does, with neighbours that a test gives.</summary>
internal static class Inspecting
{
    // Read once: the fuzzers inspect by the ten thousand.
    private static readonly ImportPolicy Imports = ImportPolicy.BuiltIn();

    public static ModelFacts File(string name, byte[] bytes, params (string Path, byte[] Bytes)[] siblings) =>
        ModelFormats.Inspect(new HeldBytes(name, bytes), Inspection(siblings));

    public static ModelInspection Inspection(params (string Path, byte[] Bytes)[] siblings) => new(
        Imports,
        path => siblings.Where(s => s.Path == path).Select(s => new HeldBytes(s.Path, s.Bytes)).FirstOrDefault(),
        CancellationToken.None);

    public static IEnumerable<string> Codes(this ModelFacts facts) => facts.Anomalies.Select(a => a.Code);

    public static string Said(this ModelFacts facts) => string.Join('\n', facts.Anomalies.Select(a => $"{a.Verdict} {a.Code} {a.Place}: {a.Why}"));
}
