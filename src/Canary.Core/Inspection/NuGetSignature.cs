using System.Formats.Asn1;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Canary.Inspection;

/// <summary>
/// What the signature in a <c>.nupkg</c> claims: read, not verified (NuGet does that when it installs). nuget.org signs every package with
/// the names of its owners (https://learn.microsoft.com/nuget/reference/signed-packages-reference).
/// </summary>
/// <param name="IsThere">The archive has a signature that can be read.</param>
/// <param name="Owners">Of the package at the repository that signed it; empty where it names none.</param>
public sealed record NuGetSignature(bool IsThere, string[] Owners)
{
    private const string File = ".signature.p7s", OwnersOid = "1.3.6.1.4.1.311.84.2.1.1.2", CounterSignatureOid = "1.2.840.113549.1.9.6";
    private const int MostBytes = 1 << 20, MostOwners = 256;

    private static readonly NuGetSignature None = new(false, []);

    /// <summary>Null where the file is no archive.</summary>
    public static NuGetSignature? Of(Stream package)
    {
        try
        {
            using var archive = new ZipArchive(package, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.GetEntry(File) is not { Length: > 0 and < MostBytes } entry)
                return None;
            using var content = entry.Open();
            // The length in the archive's directory is a claim.
            byte[] bytes = new byte[entry.Length];
            content.ReadExactly(bytes);
            var signed = new SignedCms();
            signed.Decode(bytes);
            return new NuGetSignature(true, [.. signed.SignerInfos.Cast<SignerInfo>().SelectMany(Owned).Distinct(StringComparer.Ordinal).Take(MostOwners)]);
        }
        catch (InvalidDataException)
        {
            return null;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or EndOfStreamException or NotSupportedException or ArgumentException)
        {
            return None;
        }
    }

    // The repository signs first, or countersigns the author's signature.
    private static IEnumerable<string> Owned(SignerInfo signer)
    {
        foreach (var attribute in signer.SignedAttributes.Cast<CryptographicAttributeObject>().Where(a => a.Oid.Value == OwnersOid))
        {
            foreach (var value in attribute.Values)
            {
                var owners = new AsnReader(value.RawData, AsnEncodingRules.BER).ReadSequence();
                while (owners.HasData)
                    yield return owners.ReadCharacterString(UniversalTagNumber.UTF8String);
            }
        }

        if (!signer.UnsignedAttributes.Cast<CryptographicAttributeObject>().Any(a => a.Oid.Value == CounterSignatureOid))
            yield break;
        foreach (var counter in signer.CounterSignerInfos)
        {
            foreach (string owner in Owned(counter))
                yield return owner;
        }
    }
}
