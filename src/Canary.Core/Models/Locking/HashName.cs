using System.Security.Cryptography;

namespace Canary.Models.Locking;

/// <summary>The digests that a publisher may give of a file.</summary>
public static class HashName
{
    public const string Sha256 = "sha256";
    public const string Blake3 = "blake3";

    /// <summary>SHA-1 over <c>blob</c>, a space, the length in decimal, a zero byte and the file, as git names what it keeps.</summary>
    public const string GitSha1 = "git-sha1";

    public const string Sha1 = "sha1";
    public const string Sha384 = "sha384";
    public const string Sha512 = "sha512";

    /// <summary>How many hexadecimal digits one has; 0 for a digest that is not taken here.</summary>
    public static int Digits(string name) => name switch
    {
        Sha256 or Blake3 => 64,
        GitSha1 or Sha1 => 40,
        Sha384 => 96,
        Sha512 => 128,
        _ => 0,
    };

    /// <summary>Nobody can make two files with the same digest. SHA-1 is no such thing: there it is only hard to make one for a digest that is given.</summary>
    public static bool IsStrong(string name) => name is Sha256 or Blake3 or Sha384 or Sha512;

    /// <summary>The platform's hash for those besides SHA-256 and BLAKE3.</summary>
    internal static IncrementalHash Create(string name, long length)
    {
        var hash = IncrementalHash.CreateHash(name switch
        {
            Sha384 => HashAlgorithmName.SHA384,
            Sha512 => HashAlgorithmName.SHA512,
            Sha1 or GitSha1 => HashAlgorithmName.SHA1,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no digest"),
        });
        if (name == GitSha1)
            hash.AppendData(System.Text.Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"blob {length}\0")));
        return hash;
    }
}
