using System.Globalization;
using System.Text.Json;

namespace Canary.Registries;

/// <summary>
/// Reads npm's document about a package as it comes: some have 50 MB, nearly all of it texts that nobody here asks for, and eight are
/// read at the same time.
/// </summary>
internal sealed class PackumentReader
{
    // A readme is the longest value that there is; npm cuts it at 64 KiB.
    private const int MostToken = 4 * 1024 * 1024;
    private const int MostVersions = 100_000;
    private const int MostMaintainers = 200;
    private const int MostText = 1024;
    private const int Deepest = 5;

    private readonly Packument _packument = new();
    private readonly string?[] _path = new string?[Deepest + 2];
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 128 });
    private bool _isObject;

    /// <summary>Throws <see cref="JsonException"/>, and <see cref="RegistryException"/> for what is too large.</summary>
    public static async Task<Packument> ReadAsync(Stream stream, CancellationToken cancel)
    {
        var reader = new PackumentReader();
        byte[] buffer = new byte[64 * 1024];
        int held = 0;
        while (true)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(held), cancel).ConfigureAwait(false);
            held += read;
            int used = reader.Take(buffer.AsSpan(0, held), last: read == 0);
            if (read == 0)
                return reader._isObject ? reader._packument : throw new JsonException();
            buffer.AsSpan(used, held - used).CopyTo(buffer);
            held -= used;
            if (held < buffer.Length)
                continue;
            if (buffer.Length >= MostToken)
                throw BoundedStream.TooLarge(MostToken);
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    private int Take(ReadOnlySpan<byte> bytes, bool last)
    {
        var reader = new Utf8JsonReader(bytes, last, _state);
        while (reader.Read())
        {
            int depth = reader.CurrentDepth;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                if (depth <= Deepest)
                    _path[depth] = reader.ValueSpan.Length <= MostText ? reader.GetString() : null;
                continue;
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                _isObject |= depth == 0 && reader.TokenType == JsonTokenType.StartObject;
                // Items of a list have no name, and must not take the last one of this depth for theirs.
                if (depth < Deepest)
                    _path[depth + 1] = null;
            }

            if (depth <= Deepest && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
                Take(ref reader, depth);
        }

        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    private void Take(ref Utf8JsonReader reader, int depth)
    {
        switch (_path[1], depth)
        {
            case ("time", 2) when reader.TokenType == JsonTokenType.String && _path[2] is { } version && version is not ("created" or "modified"):
                if (_packument.Times.Count < MostVersions && Text(ref reader) is { } time
                    && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
                {
                    _packument.Times[version] = at;
                }

                break;
            case ("maintainers", 3) when _path[3] == "name" && reader.TokenType == JsonTokenType.String:
                if (_packument.Maintainers.Count < MostMaintainers && Text(ref reader) is { } maintainer)
                    _packument.Maintainers.Add(maintainer);
                break;
            case ("versions", 2) when reader.TokenType == JsonTokenType.StartObject && _path[2] is { } version:
                if (_packument.Versions.Count >= MostVersions)
                    throw new RegistryException($"it names more than {MostVersions:N0} versions");
                _packument.Versions[version] = new Packument.PublishedVersion();
                break;
            case ("versions", 3 or 4) when _path[2] is { } version && _packument.Versions.TryGetValue(version, out var published):
                Take(ref reader, published, depth);
                break;
        }
    }

    private void Take(ref Utf8JsonReader reader, Packument.PublishedVersion version, int depth)
    {
        switch (depth == 3 ? _path[3] : $"{_path[3]}/{_path[4]}")
        {
            // An empty text takes a deprecation back.
            case "deprecated" when reader.TokenType == JsonTokenType.String:
                version.Deprecated = Text(ref reader) is { Length: 0 } ? null : Text(ref reader) ?? "";
                break;
            case "deprecated" when reader.TokenType == JsonTokenType.True:
                version.Deprecated = "";
                break;
            case "hasInstallScript" when reader.TokenType == JsonTokenType.True:
            case "scripts/preinstall" or "scripts/install" or "scripts/postinstall" when reader.TokenType == JsonTokenType.String:
                version.HasInstallScript = true;
                break;
            case "_npmUser/name" when reader.TokenType == JsonTokenType.String:
                version.Publisher = Text(ref reader);
                break;
            case "_npmUser/trustedPublisher" when reader.TokenType == JsonTokenType.StartObject:
                version.IsTrustedPublisher = true;
                break;
            case "dist/attestations" when reader.TokenType == JsonTokenType.StartObject:
                version.HasAttestations = true;
                break;
        }
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        string text = reader.GetString() ?? "";
        return text.Length <= MostText ? text : text[..MostText];
    }
}
