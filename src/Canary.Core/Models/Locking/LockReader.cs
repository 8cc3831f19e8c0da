using System.Globalization;
using System.Text.Json;
using Canary.Hashing;
using Canary.Models.Hashing;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Models.Locking;

/// <summary>Reads a lock that anybody may have written. What is wrong with it is told all at once, each fault with its place.</summary>
public static class LockReader
{
    /// <summary>A lock of 8 TiB of models is about as large.</summary>
    public const int MostBytes = 256 * 1024 * 1024;

    private const int MostDepth = 16;

    /// <param name="name">What faults call the file.</param>
    /// <returns>Null where there is a fault: half a lock is none.</returns>
    public static ModelLock? Read(ReadOnlyMemory<byte> bytes, string name, Diagnostics faults)
    {
        int before = faults.Count;
        if (bytes.Length > MostBytes)
        {
            faults.Add(name, 0, 0, $"larger than {ByteSize.Write(MostBytes)}, which no lock is");
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false });
            var read = new Reading(name, faults).Lock(document.RootElement);
            return faults.Count == before ? read : null;
        }
        catch (JsonException e)
        {
            faults.Add(name, (int)Math.Min(e.LineNumber + 1 ?? 0, int.MaxValue), (int)Math.Min(e.BytePositionInLine + 1 ?? 0, int.MaxValue), "no lock in JSON: " + Printable.Line(e.Message, 300));
            return null;
        }
        catch (InvalidOperationException)
        {
            // Of a key: bytes that are no UTF-8, or half a surrogate pair.
            faults.Add(name, 0, 0, "has a key that is no text");
            return null;
        }
    }

    private sealed class Reading(string name, Diagnostics faults)
    {
        private string _at = "";

        public ModelLock? Lock(JsonElement root)
        {
            if (root.ValueKind != JsonValueKind.Object)
                return Refuse<ModelLock>("is no object");
            // First of all: a newer form may differ in everything else.
            if (!root.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt64(out long number))
                return Refuse<ModelLock>("has no 'version': it is no models.lock");
            if (number != ModelLock.Version)
                return Refuse<ModelLock>($"is of version {number}; this Canary reads version {ModelLock.Version}: take a newer Canary, or lock the models again");
            Keys(root, "version", "created", "base", "files");
            var created = Time(root, "created");
            string? from = Text(root, "base");
            if (from is not null && (from.Length is 0 or > 4096 || from.Any(char.IsControl)))
                Add("'base' is no path");
            var files = List(root, "files", ModelLock.MostFiles);
            var read = new List<LockedFile>(files.Count);
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int i = 0; i < files.Count; i++)
            {
                _at = string.Create(CultureInfo.InvariantCulture, $"files[{i}]");
                if (File(files[i]) is not { } file)
                    continue;
                if (!seen.TryAdd(file.Path, i))
                    Add($"names '{file.Path}', as files[{seen[file.Path].ToString(CultureInfo.InvariantCulture)}] does");
                read.Add(file);
            }

            read.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
            return created is { } time && from is not null ? new ModelLock(time, from, read) : null;
        }

        private LockedFile? File(JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Object)
                return Refuse<LockedFile>("is no object");
            if (Text(element, "path") is not { } path)
                return null;
            if (LockPath.Fault(path) is { } wrong)
                return Refuse<LockedFile>($"'path' {wrong}: '{path}'");
            _at += $" ({path})";
            Keys(element, "path", "size", "sha256", "blake3", "format", "basis", "signer", "source", "verified_at", "scanner", "header_sha256", "template_sha256", "chunks", "tensors");
            long? size = Whole(element, "size", ChunkTable.MostLength);
            string? sha256 = Hex(element, "sha256"), blake3 = Hex(element, "blake3");
            var table = size is { } length ? Chunks(element, length) : null;
            string? format = Text(element, "format"), basis = Text(element, "basis");
            var trust = TrustBasis.FirstSeen;
            if (basis is not null && !TrustBases.TryParse(basis, out trust))
                Add($"unknown 'basis' '{basis}'; write first-seen, publisher-hash or publisher-signature");
            var verified = Time(element, "verified_at");
            var (scanner, verdict) = Scanner(element);
            var (signer, source) = (OptionalText(element, "signer"), Source(element));
            string? header = element.TryGetProperty("header_sha256", out _) ? Hex(element, "header_sha256") : null;
            var tensors = Tensors(element, size ?? 0);
            string[] templates = [.. Optional(element, "template_sha256", ModelFacts.MostEntries).Select(t => HexOf(t, "template_sha256")).OfType<string>()];
            if (size is null || sha256 is null || table is null || format is null || verified is null)
                return null;
            var read = new LockedFile(path, size.Value, sha256, table)
            {
                Format = format,
                Verdict = verdict,
                Scanner = scanner,
                Basis = trust,
                Signer = signer,
                Source = source,
                VerifiedAt = verified.Value,
                HeaderSha256 = header,
                Tensors = tensors,
                TemplateSha256 = templates,
            };
            if (blake3 is not null && read.Blake3 != blake3)
                Add("the chunk table is not that of 'blake3': one of the two was changed");
            return read;
        }

        private ChunkTable? Chunks(JsonElement file, long size)
        {
            if (!Object(file, "chunks", out var chunks))
                return null;
            Keys(chunks, "size", "table");
            if (Whole(chunks, "size", long.MaxValue) is { } bytes && bytes != ChunkTable.ChunkBytes)
                Add($"chunks of {bytes} bytes; this Canary reads chunks of {ChunkTable.ChunkBytes}");
            if (!chunks.TryGetProperty("table", out var table) || table.ValueKind != JsonValueKind.String || !table.TryGetBytesFromBase64(out byte[]? digests))
                return Refuse<ChunkTable>("'chunks.table' is no base64");
            long wanted = (long)ChunkTable.CountOf(size) * Blake3.DigestBytes;
            return digests.Length == wanted ? new ChunkTable(size, digests) : Refuse<ChunkTable>($"the chunk table has {digests.Length} bytes; {size} bytes of model need {wanted}");
        }

        private (string Version, ModelVerdict Verdict) Scanner(JsonElement file)
        {
            if (!Object(file, "scanner", out var scanner))
                return ("", ModelVerdict.Unknown);
            Keys(scanner, "version", "verdict");
            string? word = Text(scanner, "verdict");
            foreach (var verdict in (ModelVerdict[])[ModelVerdict.Allow, ModelVerdict.Unknown, ModelVerdict.Deny])
            {
                if (verdict.Word() == word)
                    return (Text(scanner, "version") ?? "", verdict);
            }

            if (word is not null)
                Add($"unknown 'verdict' '{word}'; write allow, unknown or deny");
            return ("", ModelVerdict.Unknown);
        }

        private LockSource? Source(JsonElement file)
        {
            if (!file.TryGetProperty("source", out _) || !Object(file, "source", out var source))
                return null;
            Keys(source, "kind", "repo", "commit");
            return Text(source, "kind") is { } kind ? new LockSource(kind, OptionalText(source, "repo"), OptionalText(source, "commit")) : null;
        }

        private List<LockedTensor> Tensors(JsonElement file, long size)
        {
            var tensors = new List<LockedTensor>();
            foreach (var element in Optional(file, "tensors", ModelFacts.MostEntries))
            {
                if (element.ValueKind != JsonValueKind.Object)
                {
                    Add("a tensor is no object");
                    continue;
                }

                Keys(element, "name", "type", "offset", "length", "sha256");
                if (Text(element, "name") is not { } called || Text(element, "type") is not { } type || Whole(element, "offset", ChunkTable.MostLength) is not { } offset
                    || Whole(element, "length", ChunkTable.MostLength) is not { } length || Hex(element, "sha256") is not { } sha256)
                    continue;
                if (offset + length > size)
                    Add($"tensor '{called}' ends behind the end of the file");
                tensors.Add(new LockedTensor(called, type, offset, length, sha256));
            }

            return tensors;
        }

        private void Keys(JsonElement element, params ReadOnlySpan<string> known)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (!known.Contains(property.Name))
                    Add($"unknown key '{property.Name}'{Nearest.Suggestion(property.Name, known.ToArray())}");
            }
        }

        private bool Object(JsonElement parent, string key, out JsonElement value)
        {
            if (parent.TryGetProperty(key, out value) && value.ValueKind == JsonValueKind.Object)
                return true;
            Add($"'{key}' is no object");
            return false;
        }

        private List<JsonElement> Optional(JsonElement parent, string key, int most) => parent.TryGetProperty(key, out _) ? List(parent, key, most) : [];

        private List<JsonElement> List(JsonElement parent, string key, int most)
        {
            if (!parent.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array)
            {
                Add($"'{key}' is no list");
                return [];
            }

            if (list.GetArrayLength() <= most)
                return [.. list.EnumerateArray()];
            Add($"'{key}' has more than {most} entries");
            return [];
        }

        private string? OptionalText(JsonElement parent, string key) => parent.TryGetProperty(key, out _) ? Text(parent, key) : null;

        private string? Text(JsonElement parent, string key)
        {
            try
            {
                if (parent.TryGetProperty(key, out var text) && text.ValueKind == JsonValueKind.String)
                    return text.GetString();
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair, which JSON can say and text cannot.
            }

            return Refuse<string>($"'{key}' is no text");
        }

        private string? Hex(JsonElement parent, string key) => parent.TryGetProperty(key, out var text) ? HexOf(text, key) : Refuse<string>($"'{key}' is missing");

        private string? HexOf(JsonElement element, string key) =>
            element.ValueKind == JsonValueKind.String && Safe(element) is { Length: 64 } hex && hex.All(char.IsAsciiHexDigitLower) ? hex : Refuse<string>($"'{key}' is no digest: 64 digits in lower-case hexadecimal");

        private static string? Safe(JsonElement element)
        {
            try
            {
                return element.GetString();
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }

        private long? Whole(JsonElement parent, string key, long most)
        {
            if (parent.TryGetProperty(key, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out long value) && value >= 0 && value <= most)
                return value;
            Add($"'{key}' is no size in bytes");
            return null;
        }

        private DateTimeOffset? Time(JsonElement parent, string key)
        {
            if (Text(parent, key) is not { } text)
                return null;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                return time;
            Add($"'{key}' is no time, as in 2026-08-10T00:00:00Z");
            return null;
        }

        private T? Refuse<T>(string what)
            where T : class
        {
            Add(what);
            return null;
        }

        private void Add(string what) => faults.Add(name, 0, 0, Printable.Line(_at.Length == 0 ? what : $"{_at}: {what}", 500));
    }
}
