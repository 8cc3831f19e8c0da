using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Canary.Commands;
using Canary.Tests.Models.Formats;
using Canary.Tests.Models.Locking;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Commands;

/// <summary><c>model lock --bom</c>: the bill of materials beside what was locked, and what is made of it later.</summary>
public sealed class ModelBillTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public ModelBillTests()
    {
        Put("models/a.bin", Locked.Bytes(5000));
        Put("models/sub/notes.txt", "[1, 2, 3, not quite json"u8);
    }

    private string Models => _home.At("models");

    private string Lock => _home.At("models.lock");

    private string Bill => _home.At("models/models.cdx.json");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_bill_names_what_was_locked_and_is_no_part_of_it_nor_is_an_older_one()
    {
        for (int i = 0; i < 2; i++)
        {
            var (code, _, errors) = await LockAll("--bom", Bill);
            Assert.Equal((ExitCode.Clean, ""), (code, errors));
            Assert.Equal(["a.bin", "sub/notes.txt"], Files().Select(f => f.GetProperty("path").GetString()));
            Assert.Equal(
                Files().Select(f => (f.GetProperty("path").GetString(), f.GetProperty("sha256").GetString())),
                Components(Bill).Select(c => (c.GetProperty("name").GetString(), c.GetProperty("hashes")[0].GetProperty("content").GetString())));
        }

        Assert.Equal(["a.bin", "models.cdx.json", "sub"], Directory.GetFileSystemEntries(Models).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_lock_that_is_made_again_with_the_bill_beside_it_is_on_nobody_s_word_still()
    {
        await LockAll("--bom", Bill);
        // No earlier lock, and no option that would leave the bill out: it is read like anybody's.
        File.Delete(Lock);
        var (code, output, _) = await LockAll("--json");
        Assert.Equal(ExitCode.Clean, code);
        Assert.Equal((3, 0), (Summary(output).GetProperty("first_seen").GetInt32(), Summary(output).GetProperty("published").GetInt32()));
        Assert.All(Files(), f => Assert.Equal("first-seen", f.GetProperty("basis").GetString()));
    }

    [Fact]
    public async Task Beside_a_copy_the_bill_carries_the_publisher_s_word_and_a_changed_byte_is_critical()
    {
        Put("models/SHA256SUMS", Encoding.UTF8.GetBytes($"{Locked.Hex(Locked.Bytes(5000))}  a.bin\n"));
        await LockAll("--bom", Bill);
        Put("copy/a.bin", Locked.Bytes(5000));
        Put("copy/sub/notes.txt", "other words"u8);
        File.Copy(Bill, _home.At("copy/models.cdx.json"));
        var (code, _, _) = await Run("lock", _home.At("copy"), "-o", Lock);
        Assert.Equal(ExitCode.Clean, code);
        Assert.Equal(
            [("a.bin", "publisher-hash", "models.cdx.json"), ("models.cdx.json", "first-seen", null), ("sub/notes.txt", "first-seen", null)],
            Files().Select(f => (f.GetProperty("path").GetString(), f.GetProperty("basis").GetString(), f.TryGetProperty("signer", out var by) ? by.GetString() : null)));

        Put("copy/a.bin", Locked.Bytes(5000, seed: 2));
        (code, string output, _) = await Run("lock", _home.At("copy"), "-o", _home.At("second.lock"), "--json");
        Assert.Equal(ExitCode.Findings, code);
        Assert.False(File.Exists(_home.At("second.lock")));
        Assert.All(["sha256", "blake3"], algorithm => Assert.Single(Lines(output), l =>
            l.GetProperty("kind").GetString() == "finding" && l.GetProperty("rule").GetProperty("level").GetString() == "critical"
            && l.GetProperty("location").GetProperty("file").GetString() == "a.bin" && l.GetProperty("why").GetString()!.StartsWith($"models.cdx.json says {algorithm}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Names_in_a_bill_above_what_is_locked_start_from_the_bill()
    {
        string above = _home.At("bom.json");
        Assert.Equal(ExitCode.Clean, (await LockAll("--bom", above)).Code);
        Assert.Equal(["models/a.bin", "models/sub/notes.txt"], Components(above).Select(c => c.GetProperty("name").GetString()));
        Assert.Equal(["a.bin", "sub/notes.txt"], Files().Select(f => f.GetProperty("path").GetString()));
    }

    [Theory]
    [InlineData("other/models.cdx.json", "above it")]
    [InlineData("models/sub/models.cdx.json", "above it")]
    [InlineData("models", "no name of a file")]
    [InlineData("", "no name of a file")]
    [InlineData("models.lock", "a file of its own")]
    public async Task Where_a_bill_cannot_lie_nothing_is_locked(string bill, string told)
    {
        Directory.CreateDirectory(_home.At("other"));
        var (code, output, errors) = await LockAll("--bom", bill.Length == 0 ? "" : _home.At(bill));
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.StartsWith("canary: --bom '", errors, StringComparison.Ordinal);
        Assert.Contains(told, errors, StringComparison.Ordinal);
        Assert.Equal((false, false), (File.Exists(Lock), File.Exists(_home.At("other/models.cdx.json"))));
    }

    [Fact]
    public async Task A_lock_that_is_refused_has_no_bill()
    {
        Put("models/SHA256SUMS", Encoding.UTF8.GetBytes($"{new string('0', 64)}  a.bin\n"));
        Assert.Equal(ExitCode.Findings, (await LockAll("--bom", Bill)).Code);
        Assert.False(File.Exists(Bill));
        await LockAll("--bom", Bill, "--allow-mismatch");
        Assert.Contains(Components(Bill).Single(c => c.GetProperty("name").GetString() == "a.bin").GetProperty("properties").EnumerateArray(), p => p.GetProperty("value").GetString() == "first-seen");
    }

    [Fact]
    public async Task A_signature_says_that_the_bill_is_not_signed_and_neither_takes_the_other_s_place()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_home.At("key.pem"), key.ExportPkcs8PrivateKeyPem());
        Assert.Equal(ExitCode.Usage, (await LockAll("--sign", _home.At("key.pem"), "--bom", Path.Combine(Models, "model.sig"))).Code);
        for (int i = 0; i < 2; i++)
            Assert.Equal(ExitCode.Clean, (await LockAll("--sign", _home.At("key.pem"), "--bom", Bill)).Code);
        Assert.Equal(2, Components(Bill).Length);
        var envelope = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Models, "model.sig"))).RootElement.GetProperty("dsseEnvelope");
        var predicate = JsonDocument.Parse(envelope.GetProperty("payload").GetBytesFromBase64()).RootElement.GetProperty("predicate");
        Assert.Equal(["a.bin", "sub/notes.txt"], predicate.GetProperty("resources").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        Assert.Contains("models.cdx.json", predicate.GetProperty("serialization").GetProperty("ignore_paths").EnumerateArray().Select(p => p.GetString()));
    }

    [Fact]
    public async Task A_model_that_has_its_numbers_in_the_bill_does_not_bring_it_into_the_lock()
    {
        Put("one/model.onnx", OnnxTests.WithNumbersIn("weights.cdx.json"));
        Put("one/weights.cdx.json", Locked.Bytes(24));
        await Run("lock", _home.At("one/model.onnx"), "-o", Lock, "--bom", _home.At("one/weights.cdx.json"));
        Assert.Equal(["model.onnx"], Files().Select(f => f.GetProperty("path").GetString()));
        Assert.Equal("model.onnx", Assert.Single(Components(_home.At("one/weights.cdx.json"))).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_bill_in_the_directory_does_not_fail_its_verification_and_other_JSON_does()
    {
        await LockAll("--bom", Bill);
        var (code, output, _) = await Run("verify", "--lock", Lock, "--json");
        Assert.Equal(ExitCode.Clean, code);
        Assert.Equal("low", Assert.Single(Lines(output), l => l.GetProperty("kind").GetString() == "finding").GetProperty("rule").GetProperty("level").GetString());
        Put("models/cdx.json", "{}"u8);
        Assert.Equal(ExitCode.Findings, (await Run("verify", "--lock", Lock)).Code);
    }

    [Fact]
    public async Task Names_of_files_write_no_JSON_of_their_own()
    {
        if (OperatingSystem.IsWindows())
            return;
        string[] names = ["naïve-模型.bin", "\",\"hashes\":[],\".bin", "<a href='x'>.bin", "urn:cdx:x.bin"];
        foreach (string name in names)
            Put($"models/{name}", [1]);
        Put("models/two\nlines.bin", [1]);
        // A lock has no room for the line break, and so has the bill.
        Assert.Equal(ExitCode.Unread, (await LockAll("--bom", Bill)).Code);
        string[] expected = [.. names.Append("a.bin").Append("sub/notes.txt").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, Components(Bill).Select(c => c.GetProperty("name").GetString()));
        Assert.All(Components(Bill), c => Assert.Equal(2, c.GetProperty("hashes").GetArrayLength()));
    }

    private Task<(int Code, string Output, string Errors)> LockAll(params string[] more) => Run(["lock", Models, "-o", Lock, .. more]);

    private async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        using StringWriter output = new(), errors = new();
        int code = await CommandLine.RunAsync(["model", .. arguments, "--state", _home.At("state")], output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    private JsonElement[] Files() => [.. JsonDocument.Parse(File.ReadAllBytes(Lock)).RootElement.GetProperty("files").EnumerateArray()];

    private static JsonElement[] Components(string bill) => [.. JsonDocument.Parse(File.ReadAllBytes(bill)).RootElement.GetProperty("components").EnumerateArray()];

    private static JsonElement Summary(string output) => Lines(output)[^1];

    private static JsonElement[] Lines(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    private void Put(string name, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_home.At(name))!);
        File.WriteAllBytes(_home.At(name), bytes);
    }
}
