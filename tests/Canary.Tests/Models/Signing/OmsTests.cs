using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Models.Provenance;
using Canary.Models.Signing;
using Canary.Sensors.Files;
using Canary.Tests.Models.Locking;
using Canary.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Canary.Tests.Models.Signing;

public sealed class OmsTests : IDisposable
{
    private const string Old = "https://model_signing/Digests/v0.1";

    private readonly TemporaryDirectory _home = new();
    private readonly FakeTimeProvider _time = new(Locked.Day);

    public OmsTests()
    {
        File.WriteAllBytes(_home.At("a.bin"), [1, 2, 3]);
        Directory.CreateDirectory(_home.At("sub"));
        File.WriteAllBytes(_home.At("sub/b.bin"), Locked.Bytes(2500));
    }

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    public void What_is_signed_with_a_key_is_verified_with_it(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName("nist" + curve.Replace("-", "", StringComparison.Ordinal)));
        Sign(key);
        var (claims, source, _) = Read(key.ExportSubjectPublicKeyInfoPem());
        Assert.Empty(source.Refused);
        Assert.Equal(["a.bin", "sub/b.bin"], claims.Select(c => c.Path));
        Assert.All(claims, c => Assert.Equal(TrustBasis.PublisherSignature, Judge(c).Basis));
    }

    [Fact]
    public void Another_key_s_signature_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Sign(key);
        var (claims, source, _) = Read(other.ExportSubjectPublicKeyInfoPem());
        Assert.Empty(claims);
        Assert.Contains("no key that --trust names", Assert.Single(source.Refused).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_key_a_signature_counts_for_nothing_and_that_is_said()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Sign(key);
        var (claims, source, faults) = Read();
        Assert.Empty(claims);
        Assert.Empty(source.Refused);
        Assert.Contains("--trust", faults, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_of_a_file_that_changed_breaks_its_claim_and_a_file_that_is_gone_is_told()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Sign(key);
        File.WriteAllBytes(_home.At("a.bin"), [1, 2, 4]);
        File.Delete(_home.At("sub/b.bin"));
        var (claims, source, _) = Read(key.ExportSubjectPublicKeyInfoPem());
        Assert.Single(Judge(Assert.Single(claims)).Broken);
        Assert.Equal("sub/b.bin", Assert.Single(source.Missing).Path);
    }

    [Fact]
    public void A_statement_that_was_changed_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Bundle(key, Statement(), changed: s => s.Replace("a.bin", "c.bin", StringComparison.Ordinal));
        Assert.Contains("changed afterwards", Refusal(key), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_made_by_hand_is_read_as_the_specification_has_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Bundle(key, Statement());
        var (claims, source, _) = Read(key.ExportSubjectPublicKeyInfoPem());
        Assert.Empty(source.Refused);
        Assert.Equal("a.bin", Assert.Single(claims).Path);
    }

    [Fact]
    public void Shards_that_leave_nothing_out_are_a_word_for_the_file_and_others_are_not()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] bytes = File.ReadAllBytes(_home.At("sub/b.bin"));
        (string, byte[])[] shards = [("sub/b.bin:0:1000", bytes[..1000]), ("sub/b.bin:1000:2000", bytes[1000..2000]), ("sub/b.bin:2000:2500", bytes[2000..])];
        Bundle(key, Statement(method: "shards", algorithm: "sha256-sharded-1000", resources: shards));
        var claims = Read(key.ExportSubjectPublicKeyInfoPem()).Claims;
        Assert.Equal(3, claims.Count);
        Assert.Equal(TrustBasis.PublisherSignature, JudgeAll(claims).Basis);
        Assert.Equal(TrustBasis.FirstSeen, JudgeAll([claims[0], claims[2]]).Basis);
        Assert.Single(JudgeAll([claims[0] with { Hex = claims[1].Hex }, claims[1], claims[2]]).Broken);
    }

    [Theory]
    [InlineData(Old, "files", "sha256", "of an old form")]
    [InlineData("https://slsa.dev/provenance/v1", "files", "sha256", "about something else")]
    [InlineData(OmsStatement.Predicate, "merkle", "sha256", "a method that is not known")]
    [InlineData(OmsStatement.Predicate, "files", "blake2b", "digests by 'blake2b'")]
    public void What_is_not_understood_is_refused_with_words(string predicate, string method, string algorithm, string why)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Bundle(key, Statement(predicate, method, algorithm));
        Assert.Contains(why, Refusal(key), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_leads_out_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Bundle(key, Statement(resources: [("../a.bin", [1])]));
        Assert.Contains("a name in it has '.' or '..'", Refusal(key), StringComparison.Ordinal);
    }

    [Fact]
    public void A_subject_that_is_not_of_the_files_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Bundle(key, Statement(subject: new string('0', 64)));
        Assert.Contains("its subject is not the digest", Refusal(key), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_of_sigstore_is_refused_with_words()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Bundle(key, Statement(), material: """{"certificate":{"rawBytes":"AAAA"},"tlogEntries":[{}]}""");
        Assert.Contains("Fulcio and Rekor", Refusal(key), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_is_believed_below_a_root_that_is_named_and_while_it_is_valid()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=root", rootKey, HashAlgorithmName.SHA384);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(Locked.Day.AddDays(-10), Locked.Day.AddDays(100));
        var request = new CertificateRequest("CN=signer", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var leaf = request.Create(root, Locked.Day.AddDays(-1), Locked.Day.AddDays(10), [1, 2, 3]);
        Bundle(key, Statement(), material: $$"""{"x509CertificateChain":{"certificates":[{"rawBytes":"{{Convert.ToBase64String(leaf.RawData)}}"}] } }""");

        var (claims, source, _) = Read(root.ExportCertificatePem());
        Assert.Empty(source.Refused);
        Assert.StartsWith("CN=signer", Assert.Single(claims).By, StringComparison.Ordinal);

        using var strangerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = new CertificateRequest("CN=stranger", strangerKey, HashAlgorithmName.SHA256).CreateSelfSigned(Locked.Day.AddDays(-1), Locked.Day.AddDays(1));
        Assert.Contains("does not lead to one that --trust names", Assert.Single(Read(stranger.ExportCertificatePem()).Source.Refused).Reason, StringComparison.Ordinal);

        _time.SetUtcNow(Locked.Day.AddDays(20));
        Assert.Contains("does not lead to one that --trust names", Assert.Single(Read(root.ExportCertificatePem()).Source.Refused).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\"}")]
    [InlineData("{\"mediaType\":3}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    public void A_broken_bundle_is_refused_and_throws_nothing(string text)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_home.At("model.sig"), text);
        Assert.NotEqual("", Refusal(key));
    }

    [Fact]
    public void A_private_key_is_no_key_to_trust()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains("a private key", Assert.Throws<SignatureException>(() => OmsTrust.Of([("k", key.ExportPkcs8PrivateKeyPem())])).Message, StringComparison.Ordinal);
        Assert.Throws<SignatureException>(() => OmsTrust.Of([("k", "nothing")]));
        Assert.Throws<SignatureException>(() => OmsSigner.Key("k", key.ExportSubjectPublicKeyInfoPem()));
    }

    private void Sign(ECDsa key) => File.WriteAllBytes(_home.At("model.sig"), OmsSigner.Sign(key, "model", Names("a.bin", "sub/b.bin"), ["model.sig"]));

    private IEnumerable<(string, string)> Names(params string[] names) => names.Select(n => (n, Locked.Hex(File.ReadAllBytes(_home.At(n)))));

    // By hand, and not by what signs: the two are to agree on the specification, not on each other.
    private static string Statement(string predicate = OmsStatement.Predicate, string method = "files", string algorithm = "sha256", (string Name, byte[] Bytes)[]? resources = null, string? subject = null)
    {
        var all = resources ?? [("a.bin", [1, 2, 3])];
        subject ??= Locked.Hex([.. all.SelectMany(r => SHA256.HashData(r.Bytes))]);
        string listed = string.Join(',', all.Select(r => $$"""{"name":"{{r.Name}}","algorithm":"{{algorithm}}","digest":"{{Locked.Hex(r.Bytes)}}"}"""));
        return $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"model","digest":{"sha256":"{{{subject}}}"}}],"predicateType":"{{{predicate}}}","predicate":{"serialization":{"method":"{{{method}}}","hash_type":"sha256","allow_symlinks":false},"resources":[{{{listed}}}]}}""";
    }

    private void Bundle(ECDsa key, string statement, string? material = null, Func<string, string>? changed = null)
    {
        byte[] payload = Encoding.UTF8.GetBytes(statement);
        byte[] signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 28 application/vnd.in-toto+json {payload.Length} ")).Concat(payload).ToArray();
        string signature = Convert.ToBase64String(key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        payload = Encoding.UTF8.GetBytes(changed?.Invoke(statement) ?? statement);
        File.WriteAllText(_home.At("model.sig"), $$"""
            {"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{{material ?? """{"publicKey":{"hint":"x"}}"""}},
             "dsseEnvelope":{"payload":"{{Convert.ToBase64String(payload)}}","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"{{signature}}","keyid":""}] } }
            """);
    }

    private string Refusal(ECDsa key) => Assert.Single(Read(key.ExportSubjectPublicKeyInfoPem()).Source.Refused).Reason;

    private (List<HashClaim> Claims, OmsSource Source, string Faults) Read(params string[] trusted)
    {
        using var trust = OmsTrust.Of(trusted.Select(pem => ("key.pem", pem)));
        var tree = new ModelTree(_home.Path, ModelFilesHere.Create());
        var search = new HashSearch(_home.Path, [.. tree.Files(_home.Path)], tree);
        var source = new OmsSource(trust, _time);
        return ([.. source.Claims(search)], source, string.Join('\n', search.Faults.All));
    }

    private Vouching Judge(HashClaim claim) => JudgeAll([claim]);

    private Vouching JudgeAll(List<HashClaim> claims) =>
        Vouching.Of(FilePass.Run(new HeldBytes("x", File.ReadAllBytes(_home.At(claims[0].Path))), [], [claims[0].Algorithm], [.. claims.Select(c => c.Range).OfType<(long, long)>()]), claims);
}
