using System.Text.Json;

namespace Canary.Registries;

/// <summary>
/// The Hugging Face Hub, or a mirror of it: what it says of the files of a repository at a commit
/// (<c>GET /api/models/REPO/tree/COMMIT?recursive=true</c>). A branch is never asked about: what it names may change while it is read.
/// </summary>
public sealed class HubRegistry(Uri address, RegistryWire wire)
{
    public static readonly Uri Public = new("https://huggingface.co/");

    /// <summary>So many entries are one page of an answer; what comes after them is not asked for.</summary>
    public const int Page = 1000;

    private const int MostName = 96;

    public Uri Address { get; } = address;

    /// <summary>Whether a repository can have this name: <c>name</c> or <c>owner/name</c>. What cannot is never sent.</summary>
    public static bool CanName(string repository)
    {
        string[] parts = repository.Split('/');
        return parts.Length is 1 or 2 && parts.All(p => p.Length is > 0 and <= MostName && p is not ("." or "..") && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
    }

    public static bool IsCommit(string text) => text.Length == 40 && text.All(char.IsAsciiHexDigit);

    /// <summary>Its files; null where it knows no such repository or commit. Throws <see cref="RegistryException"/> where it says nothing that can be used.</summary>
    public async Task<IReadOnlyList<HubEntry>?> AskAsync(string repository, string commit, CancellationToken cancel)
    {
        if (!CanName(repository) || !IsCommit(commit))
            throw new RegistryException("no repository and commit of the Hub can be called so");
        var tree = new Uri($"{Address.AbsoluteUri.TrimEnd('/')}/api/models/{repository}/tree/{commit}?recursive=true");
        return await wire.GetAsync(Address, tree, wire.Limits.MostHeld, ReadAsync, cancel).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<HubEntry>> ReadAsync(Stream body, CancellationToken cancel)
    {
        using var document = await JsonDocument.ParseAsync(body, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false }, cancel).ConfigureAwait(false);
        return [.. document.RootElement.EnumerateArray().Where(e => Part(e, "type").ValueEquals("file")).Select(Entry)];
    }

    private static HubEntry Entry(JsonElement entry)
    {
        bool large = entry.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object;
        return new HubEntry(Part(entry, "path").GetString() ?? throw new FormatException(), large ? Part(lfs, "oid").GetString() : null, Part(entry, "oid").GetString(), Part(large ? lfs : entry, "size").GetInt64());
    }

    private static JsonElement Part(JsonElement of, string name) => of.TryGetProperty(name, out var part) ? part : throw new FormatException();
}

/// <param name="Path">Within the repository.</param>
/// <param name="Sha256">Of the content; null for a small file, which git itself holds.</param>
/// <param name="GitSha1">Of git's blob; of a large file it is that of a pointer, and says nothing of the content.</param>
/// <param name="Size">Of the content, in bytes.</param>
public sealed record HubEntry(string Path, string? Sha256, string? GitSha1, long Size);
