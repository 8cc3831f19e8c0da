using System.Text.Json;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Scanning;

namespace Canary.ModelFiles;

/// <summary>Model files in the shapes of the contract.</summary>
internal static class ModelShapes
{
    // A list in a line of NDJSON is for a reader, too; the rest is counted.
    private const int MostListed = 200;

    public static void Fields(Utf8JsonWriter w, ModelReport report, ModelVerdict verdict, TrustBasis basis, string? signer = null)
    {
        w.WriteString("path", report.Path);
        w.WriteString("format", report.Facts.Format);
        w.WriteNumber("size", report.Size);
        if (report.Digests is { } digests)
        {
            w.WriteString("sha256", digests.Sha256);
            w.WriteString("blake3", digests.Others[HashName.Blake3]);
        }

        w.WriteString("verdict", verdict.Word());
        w.WriteString("basis", basis.Word());
        if (signer is not null)
            w.WriteString("signer", signer);
        Facts(w, report.Facts);
    }

    public static void Fields(Utf8JsonWriter w, CheckedFile file, ModelVerdict verdict)
    {
        w.WriteString("path", file.File.Path);
        w.WriteString("format", file.File.Format);
        w.WriteNumber("size", file.Size ?? 0);
        // Of a file that was found good these are its own; of another one they are what it was to have.
        if (file.State == FileState.Good)
            w.WriteString("sha256", file.File.Sha256);
        w.WriteString("verdict", verdict.Word());
        w.WriteString("basis", TrustBasis.Lock.Word());
        w.WriteString("locked_basis", file.File.Basis.Word());
        w.WriteString("locked_sha256", file.File.Sha256);
        w.WriteString("state", file.State.ToString().ToLowerInvariant());
        w.WriteBoolean("sealed", file.Key?.Sealed == true);
        w.WriteBoolean("read", !file.FromRecord && file.State is FileState.Good or FileState.Corrupt);
        w.WriteStartArray("corrupt");
        foreach (var range in file.Bad.Take(MostListed))
        {
            w.WriteStartObject();
            w.WriteNumber("offset", range.Offset);
            w.WriteNumber("length", range.Length);
            w.WriteStartArray("tensors");
            foreach (var tensor in range.Tensors.Take(MostListed))
                w.WriteStringValue(tensor.Name);
            w.WriteEndArray();
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Facts(Utf8JsonWriter w, ModelFacts facts)
    {
        w.WriteStartArray("anomalies");
        foreach (var anomaly in facts.Anomalies.Take(MostListed))
        {
            ScanShapes.Object(w, () =>
            {
                w.WriteString("code", anomaly.Code);
                w.WriteString("verdict", anomaly.Verdict.Word());
                w.WriteString("place", anomaly.Place);
                w.WriteString("why", anomaly.Why);
            });
        }

        w.WriteEndArray();
        w.WriteStartArray("imports");
        foreach (var import in facts.Imports.Take(MostListed))
        {
            ScanShapes.Object(w, () =>
            {
                w.WriteString("name", import.Qualified);
                w.WriteString("how", import.How);
                w.WriteString("verdict", import.Verdict.Word());
                w.WriteString("place", import.Place);
            });
        }

        w.WriteEndArray();
        if (facts.LoadsUnderWeightsOnly is { } loads)
            w.WriteBoolean("loads_under_weights_only", loads);
        w.WriteStartArray("templates");
        foreach (var template in facts.Templates.Take(MostListed))
        {
            ScanShapes.Object(w, () =>
            {
                w.WriteString("name", template.Name);
                w.WriteString("sha256", template.Sha256);
            });
        }

        w.WriteEndArray();
        w.WriteNumber("tensors", facts.Tensors.Count);
        int omitted = facts.Omitted + Math.Max(0, facts.Anomalies.Count - MostListed) + Math.Max(0, facts.Imports.Count - MostListed) + Math.Max(0, facts.Templates.Count - MostListed);
        if (omitted > 0)
            w.WriteNumber("omitted", omitted);
    }
}
