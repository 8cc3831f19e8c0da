using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Models.Provenance;
using Canary.Packages;
using Canary.Scanning;

namespace Canary.ModelFiles;

/// <summary>CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): the bill of materials of a lock, each file a component. The same lock has the same bytes.</summary>
internal static class LockCycloneDx
{
    // Escapes all but ASCII, as the lock does.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default };

    /// <param name="below">As in <see cref="BillPlace"/>.</param>
    public static byte[] Write(ModelLock held, string below)
    {
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer, Indented))
        {
            w.WriteStartObject();
            CycloneDxHead.Write(w, held.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            List(w, "components", held.Files.OrderBy(f => f.Path, StringComparer.Ordinal), file => Component(w, file, below + file.Path));
            w.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Component(Utf8JsonWriter w, LockedFile file, string name)
    {
        w.WriteString("type", HasWeights(file.Format) ? "machine-learning-model" : "file");
        w.WriteString("bom-ref", name);
        w.WriteString("name", name);
        List(w, "hashes", [("SHA-256", file.Sha256), ("BLAKE3", file.Blake3)], hash =>
        {
            w.WriteString("alg", hash.Item1);
            w.WriteString("content", hash.Item2);
        });
        if (file.Source is { Kind: "huggingface", Repo: { } repository, Commit.Length: > 0 } source && repository.Trim('/').Length > 0)
            w.WriteString("purl", Purl.OfModel(repository, source.Commit));
        List(w, "properties", Properties(file), property =>
        {
            w.WriteString("name", property.Name);
            w.WriteString("value", property.Value);
        });
        w.WritePropertyName("evidence");
        ScanShapes.Object(w, () => List(w, "occurrences", [name], place => w.WriteString("location", place)));
    }

    private static IEnumerable<(string Name, string Value)> Properties(LockedFile file)
    {
        yield return ("canary:size", file.Size.ToString(CultureInfo.InvariantCulture));
        yield return ("canary:format", file.Format);
        yield return ("canary:verdict", file.Verdict.Word());
        yield return (CycloneDxHashes.BasisProperty, file.Basis.Word());
        if (file.Signer is { } signer)
            yield return ("canary:signer", signer);
        if (file.HeaderSha256 is { } header)
            yield return ("canary:header_sha256", header);
        foreach (string template in file.TemplateSha256.Order(StringComparer.Ordinal))
            yield return ("canary:template_sha256", template);
    }

    /// <summary>By the format alone: settings, indices and templates beside a model have none, and of what nobody understood nothing is said.</summary>
    internal static bool HasWeights(string format) => format is "gguf" or "safetensors" or "pytorch" or "torchscript" or "torch-tar" or "torch-legacy" or "pickle" or "joblib" or "npy" or "npz"
        or "hdf5" or "keras" or "onnx" or "savedmodel" or "tensorrt" or "ort" or "tflite" or "executorch";

    private static void List<T>(Utf8JsonWriter w, string name, IEnumerable<T> entries, Action<T> fields)
    {
        w.WriteStartArray(name);
        foreach (var entry in entries)
            ScanShapes.Object(w, () => fields(entry));
        w.WriteEndArray();
    }
}
