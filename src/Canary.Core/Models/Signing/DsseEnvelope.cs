using System.Globalization;
using System.Text;

namespace Canary.Models.Signing;

/// <summary>What is signed in DSSE (github.com/secure-systems-lab/dsse, protocol.md): the payload's type and the payload, each with its length.</summary>
internal static class DsseEnvelope
{
    /// <summary>The only type that a signature of models has.</summary>
    public const string InToto = "application/vnd.in-toto+json";

    public static byte[] ToSign(string type, ReadOnlySpan<byte> payload)
    {
        byte[] name = Encoding.UTF8.GetBytes(type);
        byte[] head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {name.Length} {type} {payload.Length} "));
        return [.. head, .. payload];
    }
}
