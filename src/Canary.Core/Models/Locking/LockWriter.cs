using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Canary.Models.Hashing;

namespace Canary.Models.Locking;

/// <summary>A lock as text: keys in one order, files by path, a tensor a line, a chunk table one string, so that a difference of two reads well.</summary>
internal static class LockWriter
{
    // Escapes all but ASCII: two names that look alike are told apart in a review.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.Default };
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.Default };

    public static byte[] Write(ModelLock held)
    {
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer, Indented))
        {
            w.WriteStartObject();
            w.WriteNumber("version", ModelLock.Version);
            w.WriteString("created", Time(held.Created));
            w.WriteString("base", held.Base);
            w.WriteStartArray("files");
            foreach (var file in held.Files.OrderBy(f => f.Path, StringComparer.Ordinal))
                Write(w, file);
            w.WriteEndArray();
            w.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter w, LockedFile file)
    {
        w.WriteStartObject();
        w.WriteString("path", file.Path);
        w.WriteNumber("size", file.Size);
        w.WriteString("sha256", file.Sha256);
        w.WriteString("blake3", file.Blake3);
        w.WriteString("format", file.Format);
        w.WriteString("basis", file.Basis.Word());
        if (file.Signer is { } signer)
            w.WriteString("signer", signer);
        if (file.Source is { } source)
        {
            w.WriteStartObject("source");
            w.WriteString("kind", source.Kind);
            if (source.Repo is { } repo)
                w.WriteString("repo", repo);
            if (source.Commit is { } commit)
                w.WriteString("commit", commit);
            w.WriteEndObject();
        }

        w.WriteString("verified_at", Time(file.VerifiedAt));
        w.WriteStartObject("scanner");
        w.WriteString("version", file.Scanner);
        w.WriteString("verdict", file.Verdict.Word());
        w.WriteEndObject();
        if (file.HeaderSha256 is { } header)
            w.WriteString("header_sha256", header);
        if (file.TemplateSha256.Count > 0)
        {
            w.WriteStartArray("template_sha256");
            foreach (string template in file.TemplateSha256.Order(StringComparer.Ordinal))
                w.WriteStringValue(template);
            w.WriteEndArray();
        }

        w.WriteStartObject("chunks");
        w.WriteNumber("size", ChunkTable.ChunkBytes);
        w.WriteBase64String("table", file.Chunks.Digests.Span);
        w.WriteEndObject();
        if (file.Tensors.Count > 0)
        {
            w.WriteStartArray("tensors");
            foreach (var tensor in file.Tensors.OrderBy(t => t.Offset).ThenBy(t => t.Name, StringComparer.Ordinal))
                w.WriteRawValue(Line(tensor));
            w.WriteEndArray();
        }

        w.WriteEndObject();
    }

    // A raw value brings its own line, for the writer gives it none.
    private static byte[] Line(LockedTensor tensor)
    {
        using var buffer = new MemoryStream();
        buffer.Write("\n    "u8);
        using (var w = new Utf8JsonWriter(buffer, OneLine))
        {
            w.WriteStartObject();
            w.WriteString("name", tensor.Name);
            w.WriteString("type", tensor.Type);
            w.WriteNumber("offset", tensor.Offset);
            w.WriteNumber("length", tensor.Length);
            w.WriteString("sha256", tensor.Sha256);
            w.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
