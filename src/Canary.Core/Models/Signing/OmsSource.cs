using Canary.Models.Locking;
using Canary.Models.Provenance;
using Canary.Text;

namespace Canary.Models.Signing;

/// <summary>Signatures of models beside them: <c>model.sig</c>, <c>*.sig</c> that is a bundle. Only by keys and certificates that the user named.</summary>
public sealed class OmsSource(OmsTrust trust, TimeProvider time) : IHashSource
{
    private readonly List<(string Path, string Reason)> _refused = [];
    private readonly List<(string Path, string By)> _missing = [];

    public string Name => "oms";

    /// <summary>Signatures that do not hold, and why.</summary>
    public IReadOnlyList<(string Path, string Reason)> Refused => _refused;

    /// <summary>Files that a signature names and that are not there.</summary>
    public IReadOnlyList<(string Path, string By)> Missing => _missing;

    public IEnumerable<HashClaim> Claims(HashSearch search) => search.Files.Where(f => f.Path.EndsWith(".sig", StringComparison.OrdinalIgnoreCase)).SelectMany(f => Read(search, f));

    private List<HashClaim> Read(HashSearch search, TreeFile file)
    {
        var claims = new List<HashClaim>();
        // Signatures of other kinds end in .sig as well.
        if (search.Bytes(file, OmsBundle.MostBytes) is not { } bytes || bytes.AsSpan().TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
            return claims;
        try
        {
            var bundle = OmsBundle.Read(bytes);
            if (trust.IsEmpty)
            {
                search.Faults.Add(file.Path, 0, 0, "a signature; name the signer's key or certificate with --trust, or it counts for nothing");
                return claims;
            }

            string signer = trust.Check(bundle, time.GetUtcNow());
            foreach (var resource in OmsStatement.Read(bundle.Payload).Resources)
            {
                if (search.Resolve(file.Path, resource.Name) is { } path)
                    claims.Add(new HashClaim(path, resource.Algorithm, resource.Hex, signer) { Range = resource.Range, Basis = TrustBasis.PublisherSignature, Source = new LockSource(Name, null, null) });
                else
                    _missing.Add((resource.Name, file.Path));
            }
        }
        catch (SignatureException e)
        {
            _refused.Add((file.Path, Printable.Line(e.Message, 400)));
            claims.Clear();
        }

        return claims;
    }
}
