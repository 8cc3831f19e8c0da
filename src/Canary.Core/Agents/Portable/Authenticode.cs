using System.Formats.Asn1;
using System.Numerics;

namespace Canary.Agents.Portable;

/// <summary>
/// The signature that a file carries: PKCS #7 SignedData in the certificate table (https://learn.microsoft.com/windows/win32/debug/pe-format,
/// the attribute certificate table; RFC 2315 §9). Read for the signer's name, not verified.
/// </summary>
internal static class Authenticode
{
    private const int CertificateTable = 4, MostBytes = 1 << 20, MostCertificates = 64;
    private const ushort SignedDataType = 2;
    private const string SignedData = "1.2.840.113549.1.7.2", CommonName = "2.5.4.3", Organization = "2.5.4.10";

    /// <summary>The bytes of the first signature; empty for none.</summary>
    public static byte[] Read(PeImage image)
    {
        // The only directory that is a place in the file and not in memory.
        var (at, size) = image.Directory(CertificateTable);
        byte[] head = at == 0 || size <= 8 ? [] : image.AtOffset(at, 8);
        if (head.Length < 8 || PeImage.U16(head, 6) != SignedDataType)
            return [];
        uint length = Math.Min(PeImage.U32(head, 0), size);
        return length is <= 8 or > MostBytes ? [] : image.AtOffset(at + 8L, (int)length - 8);
    }

    /// <summary>The common name of the certificate that signed, else its organization; null where that cannot be read.</summary>
    public static string? Signer(byte[] signature)
    {
        try
        {
            // What stands behind the structure is padding.
            var content = new AsnReader(signature, AsnEncodingRules.BER).ReadSequence();
            if (content.ReadObjectIdentifier() != SignedData)
                return null;
            var signed = content.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
            signed.ReadInteger();
            signed.ReadSetOf();
            signed.ReadSequence();
            var certificateSet = new Asn1Tag(TagClass.ContextSpecific, 0);
            if (!signed.HasData || !signed.PeekTag().HasSameClassAndValue(certificateSet))
                return null;
            var certificates = signed.ReadSetOf(skipSortOrderValidation: true, certificateSet);
            if (signed.HasData && signed.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 1)))
                signed.ReadEncodedValue();
            var signer = signed.ReadSetOf(skipSortOrderValidation: true).ReadSequence();
            signer.ReadInteger();
            var by = signer.ReadSequence();
            var issuer = by.ReadEncodedValue();
            var serial = by.ReadInteger();
            return Subject(certificates, issuer, serial);
        }
        catch (Exception e) when (e is AsnContentException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static string? Subject(AsnReader certificates, ReadOnlyMemory<byte> issuer, BigInteger serial)
    {
        for (int n = 0; certificates.HasData && n < MostCertificates; n++)
        {
            var certificate = certificates.ReadSequence().ReadSequence();
            if (certificate.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
                certificate.ReadEncodedValue();
            var number = certificate.ReadInteger();
            certificate.ReadSequence();
            var by = certificate.ReadEncodedValue();
            certificate.ReadSequence();
            if (number == serial && by.Span.SequenceEqual(issuer.Span))
                return Name(certificate.ReadSequence());
        }

        return null;
    }

    private static string? Name(AsnReader name)
    {
        string? organization = null;
        while (name.HasData)
        {
            var set = name.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                string type = attribute.ReadObjectIdentifier();
                if (type is CommonName)
                    return Text(attribute);
                if (type is Organization)
                    organization ??= Text(attribute);
            }
        }

        return organization;
    }

    private static string Text(AsnReader attribute)
    {
        var kind = (UniversalTagNumber)attribute.PeekTag().TagValue;
        return attribute.ReadCharacterString(kind);
    }
}
