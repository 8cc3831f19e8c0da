using System.Text;
using Canary.Models.Locking;

namespace Canary.Models.Provenance;

/// <summary>
/// Lists of checksums: <c>SHA256SUMS</c> as coreutils writes it (a binary mark, escaped names), the same as BSD writes it, and a file beside
/// another one with its digest. The algorithm is told by the length, BLAKE3 by the list's name.
/// </summary>
public sealed class ChecksumLists : IHashSource
{
    private const int MostLine = 8192;

    private static readonly string[] Lists = ["sha256sums", "sha256sum", "sha512sums", "sha384sums", "sha1sums", "b3sums", "checksums", "checksum"];
    private static readonly string[] Beside = [".sha256", ".sha512", ".sha384", ".sha1", ".b3", ".blake3", ".sha256sum", ".sha512sum", ".b3sum"];

    public string Name => "checksums";

    public IEnumerable<HashClaim> Claims(HashSearch search) => search.Files.Where(f => IsList(f.Path)).SelectMany(f => Read(search, f));

    private static bool IsList(string path)
    {
        string name = Path.GetFileName(path).ToLowerInvariant();
        return Lists.Contains(name) || Lists.Contains(Path.GetFileNameWithoutExtension(name)) && Path.GetExtension(name) is ".txt" or ".md5" || Beside.Contains(Path.GetExtension(name));
    }

    private static List<HashClaim> Read(HashSearch search, TreeFile list)
    {
        var claims = new List<HashClaim>();
        string[] lines = (search.Text(list) ?? "").Split('\n');
        bool isBlake3 = Path.GetFileName(list.Path) is var called && (called.StartsWith("b3", StringComparison.OrdinalIgnoreCase) || called.Contains(".b3", StringComparison.OrdinalIgnoreCase) || called.EndsWith(".blake3", StringComparison.OrdinalIgnoreCase));
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.Length > MostLine || Line(line) is not var (hex, named, algorithm))
            {
                search.Faults.Add(list.Path, i + 1, 0, "no line of a list of checksums; passed over");
                continue;
            }

            algorithm ??= Algorithm(hex.Length, isBlake3);
            // A digest and nothing else is that of the file beside.
            string beside = Path.GetFileNameWithoutExtension(list.Path);
            string? path = named is not null ? search.Resolve(list.Path, named) : beside == Path.GetFileName(list.Path) ? null : search.Resolve(list.Path, beside);
            // Lists name what was published; not all of it need be here.
            if (path is not null && algorithm is not null && HexDigest.Of(hex, algorithm) is { } digest)
                claims.Add(new HashClaim(path, algorithm, digest, list.Path) { Source = new LockSource("checksums", null, null) });
        }

        return claims;
    }

    private static string? Algorithm(int digits, bool isBlake3) => digits switch
    {
        64 => isBlake3 ? HashName.Blake3 : HashName.Sha256,
        128 => HashName.Sha512,
        96 => HashName.Sha384,
        40 => HashName.Sha1,
        _ => null,
    };

    private static (string Hex, string? Named, string? Algorithm)? Line(string line)
    {
        bool isEscaped = line[0] == '\\';
        if (isEscaped)
            line = line[1..];
        int digits = 0;
        while (digits < line.Length && char.IsAsciiHexDigit(line[digits]))
            digits++;
        if (digits == line.Length && digits >= 32)
            return (line, null, null);
        if (digits >= 32 && line.Length > digits + 2 && line[digits] == ' ' && line[digits + 1] is ' ' or '*')
            return (line[..digits], Plain(line[(digits + 2)..], isEscaped), null);
        // BSD: SHA256 (name) = digest; a name may have parentheses of its own.
        int open = line.IndexOf(" (", StringComparison.Ordinal), close = line.LastIndexOf(") = ", StringComparison.Ordinal);
        if (open <= 0 || close <= open)
            return null;
        string? algorithm = line[..open].ToUpperInvariant() switch
        {
            "SHA256" or "SHA2-256" => HashName.Sha256,
            "SHA384" or "SHA2-384" => HashName.Sha384,
            "SHA512" or "SHA2-512" => HashName.Sha512,
            "SHA1" => HashName.Sha1,
            "BLAKE3" => HashName.Blake3,
            _ => null,
        };
        return algorithm is null ? null : (line[(close + 4)..], Plain(line[(open + 2)..close], isEscaped), algorithm);
    }

    private static string Plain(string name, bool isEscaped)
    {
        if (!isEscaped)
            return name;
        var plain = new StringBuilder(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] != '\\' || i + 1 == name.Length)
                plain.Append(name[i]);
            else
                plain.Append(name[++i] switch { 'n' => '\n', 'r' => '\r', var other => other });
        }

        return plain.ToString();
    }
}
