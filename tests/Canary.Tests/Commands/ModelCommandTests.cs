using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Canary.Commands;
using Canary.Tests.Models.Formats;
using Canary.Tests.Models.Locking;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Commands;

public sealed class ModelCommandTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public ModelCommandTests()
    {
        Put("models/a.bin", Locked.Bytes(3 * Locked.MiB));
        Put("models/sub/notes.txt", Encoding.UTF8.GetBytes("[1, 2, 3, not quite json"));
    }

    private string Models => _home.At("models");

    private string Lock => _home.At("models.lock");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_model_is_a_line_and_the_summary_the_last()
    {
        var (code, output, _) = await Run("scan", Models, "--json");
        Assert.Equal(ExitCode.Clean, code);
        var lines = Lines(output);
        var model = lines[0];
        Assert.StartsWith("""{"kind":"model","path":"a.bin","format":"unknown","size":3145728,"sha256":""", Raw(output)[0], StringComparison.Ordinal);
        Assert.Equal(Locked.Hex(File.ReadAllBytes(Path.Combine(Models, "a.bin"))), model.GetProperty("sha256").GetString());
        Assert.Equal(("unknown", "first-seen"), (model.GetProperty("verdict").GetString(), model.GetProperty("basis").GetString()));
        Assert.All(["anomalies", "imports", "templates"], name => Assert.Equal(JsonValueKind.Array, model.GetProperty(name).ValueKind));
        var summary = lines[^1];
        Assert.Equal(("summary", 1, 1), (summary.GetProperty("kind").GetString(), summary.GetProperty("files").GetInt32(), summary.GetProperty("skipped").GetInt32()));
    }

    [Fact]
    public async Task Content_that_nobody_knows_under_the_name_of_a_model_is_a_finding()
    {
        var (code, output, _) = await Run("scan", Models, "--json", "--fail-on", "medium");
        Assert.Equal(ExitCode.Findings, code);
        var finding = Assert.Single(Lines(output), l => l.GetProperty("kind").GetString() == "finding");
        Assert.Equal(("model_unknown", "medium", "model", "a.bin"), (
            finding.GetProperty("rule").GetProperty("slug").GetString(), finding.GetProperty("rule").GetProperty("level").GetString(),
            finding.GetProperty("subject").GetProperty("type").GetString(), finding.GetProperty("location").GetProperty("file").GetString()));
    }

    [Fact]
    public async Task Nothing_scanned_is_not_clean()
    {
        Put("empty/readme.txt", [1]);
        var (code, output, _) = await Run("scan", _home.At("empty"));
        Assert.Equal(ExitCode.Unread, code);
        Assert.Contains("not the same as clean", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_a_wrong_word()
    {
        var (code, _, errors) = await Run("scan", _home.At("none\u001b[31m"));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("no such file", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', errors);
    }

    [Fact]
    public async Task A_rule_of_the_user_s_is_matched_against_models()
    {
        Put("rules/mine.yml", Encoding.UTF8.GetBytes("""
            title: A binary of ours
            id: 1f0c3c52-7e0b-4d3c-9a39-2f3a7a4a1f10
            status: stable
            logsource:
              product: canary
              category: model_file
            detection:
              selection:
                BaseName: a.bin
                Verdict: unknown
              condition: selection
            level: critical
            """));
        var (code, output, _) = await Run("scan", Models, "--json", "--rules", _home.At("rules"));
        Assert.Equal(ExitCode.Findings, code);
        Assert.Contains(Lines(output), l => l.GetProperty("kind").GetString() == "finding" && l.GetProperty("rule").GetProperty("slug").GetString() == "mine");
    }

    [Fact]
    public async Task A_link_out_of_the_directory_is_unread_and_a_link_within_is_read()
    {
        if (OperatingSystem.IsWindows())
            return;
        Put("outside.bin", [1, 2]);
        File.CreateSymbolicLink(Path.Combine(Models, "out.bin"), "../outside.bin");
        File.CreateSymbolicLink(Path.Combine(Models, "in.bin"), "a.bin");
        Directory.CreateSymbolicLink(Path.Combine(Models, "above"), "..");
        var (code, output, _) = await Run("scan", Models, "--json");
        Assert.Equal(ExitCode.Unread, code);
        var lines = Lines(output);
        Assert.Equal(["a.bin", "in.bin"], lines.Where(l => l.GetProperty("kind").GetString() == "model").Select(l => l.GetProperty("path").GetString()).Order());
        Assert.Equal(["above", "out.bin"], lines.Where(l => l.GetProperty("kind").GetString() == "finding" && l.GetProperty("rule").GetProperty("slug").GetString() == "model_unread").Select(l => l.GetProperty("location").GetProperty("file").GetString()).Order());
    }

    [Fact]
    public async Task A_pipe_under_the_name_of_a_model_holds_nobody()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using (var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(Models, "pipe.bin")]))
            made.WaitForExit();
        var (code, output, _) = await Run("scan", Models).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(ExitCode.Unread, code);
        Assert.Contains("pipe.bin", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_locked_is_verified_where_the_lock_says_and_in_a_copy()
    {
        await MakeLock();
        Assert.Equal(ExitCode.Clean, (await Verify()).Code);
        Directory.Move(Models, _home.At("moved"));
        var (gone, output, _) = await Verify();
        Assert.Equal(ExitCode.Findings, gone);
        Assert.Contains("A locked model file is missing", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Clean, (await Verify(_home.At("moved"))).Code);
    }

    [Fact]
    public async Task A_changed_byte_is_a_critical_finding_with_its_place()
    {
        await MakeLock();
        Flip("models/a.bin", (2 * Locked.MiB) + 7);
        var (code, output, _) = await Verify("--json");
        Assert.Equal(ExitCode.Findings, code);
        var model = Lines(output).First(l => l.GetProperty("path").GetString() == "a.bin");
        Assert.Equal(("deny", "lock", "corrupt"), (model.GetProperty("verdict").GetString(), model.GetProperty("basis").GetString(), model.GetProperty("state").GetString()));
        Assert.Equal((2L * Locked.MiB, (long)Locked.MiB), (model.GetProperty("corrupt")[0].GetProperty("offset").GetInt64(), model.GetProperty("corrupt")[0].GetProperty("length").GetInt64()));
        Assert.False(model.TryGetProperty("sha256", out _));
        Assert.Contains("bytes 2097152-3145727", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_no_lock_names_is_a_finding_by_what_may_load_it()
    {
        await MakeLock();
        Put("models/readme.txt", [1]);
        Assert.Equal(ExitCode.Clean, (await Verify()).Code);
        Put("models/modeling_x.py", [1]);
        var (code, output, _) = await Verify();
        Assert.Equal(ExitCode.Findings, code);
        Assert.Contains("modeling_x.py", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_what_is_locked_can_be_verified()
    {
        await MakeLock();
        Flip("models/a.bin", 0);
        Assert.Equal(ExitCode.Clean, (await Verify(Path.Combine(Models, "sub"))).Code);
        Assert.Equal(ExitCode.Findings, (await Verify(Path.Combine(Models, "a.bin"))).Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("{\"version\":1,\"created\":\"2026-01-01T00:00:00Z\",\"base\":\".\",\"files\":[{\"path\":\"../../etc/passwd\"}]}")]
    public async Task Without_a_sound_lock_nothing_is_verified(string? text)
    {
        if (text is not null)
            File.WriteAllText(Lock, text);
        var (code, output, errors) = await Verify();
        Assert.Equal(ExitCode.Stale, code);
        Assert.Equal("", output);
        Assert.Contains("nothing was verified", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_verification_is_quick_only_when_asked()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await MakeLock();
        Assert.Equal(0, Summary((await Verify("--json")).Output).GetProperty("from_record").GetInt32());
        Assert.Equal(0, Summary((await Verify("--json")).Output).GetProperty("from_record").GetInt32());
        Assert.Equal(2, Summary((await Verify("--json", "--quick")).Output).GetProperty("from_record").GetInt32());
        Assert.Equal(0, Summary((await Verify("--json", "--quick", "--fresh")).Output).GetProperty("from_record").GetInt32());
    }

    [Fact]
    public async Task A_stopped_verification_is_not_clean()
    {
        await MakeLock();
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        var (code, output, errors) = await RunWith(stopped.Token, "verify", "--lock", Lock);
        Assert.NotEqual(ExitCode.Clean, code);
        Assert.DoesNotContain("as locked", output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_what_its_publisher_says_is_not_locked()
    {
        Put("models/SHA256SUMS", Encoding.UTF8.GetBytes($"{new string('0', 64)}  a.bin\n"));
        var (code, output, errors) = await Run("lock", Models, "-o", Lock);
        Assert.Equal(ExitCode.Findings, code);
        Assert.False(File.Exists(Lock));
        Assert.Contains("SHA256SUMS says sha256", output, StringComparison.Ordinal);
        Assert.Contains("--allow-mismatch", errors, StringComparison.Ordinal);
        await Run("lock", Models, "-o", Lock, "--allow-mismatch");
        Assert.Equal("first-seen", Entry("a.bin").GetProperty("basis").GetString());
    }

    [Fact]
    public async Task A_publisher_s_digest_is_another_basis_than_first_sight()
    {
        Put("models/SHA256SUMS", Encoding.UTF8.GetBytes($"{Locked.Hex(File.ReadAllBytes(Path.Combine(Models, "a.bin")))}  a.bin\n"));
        var (_, output, _) = await Run("lock", Models, "-o", Lock, "--json");
        Assert.Equal((0, 1, 2), (Summary(output).GetProperty("signed").GetInt32(), Summary(output).GetProperty("published").GetInt32(), Summary(output).GetProperty("first_seen").GetInt32()));
        Assert.Equal(("publisher-hash", "SHA256SUMS"), (Entry("a.bin").GetProperty("basis").GetString(), Entry("a.bin").GetProperty("signer").GetString()));
        // Without the list the same bytes keep the word that was given for them; other bytes do not.
        File.Delete(Path.Combine(Models, "SHA256SUMS"));
        await MakeLock();
        Assert.Equal("publisher-hash", Entry("a.bin").GetProperty("basis").GetString());
        Flip("models/a.bin", 1);
        Assert.Contains("changed since the last lock", (await Run("lock", Models, "-o", Lock)).Output, StringComparison.Ordinal);
        Assert.Equal("first-seen", Entry("a.bin").GetProperty("basis").GetString());
    }

    [Fact]
    public async Task What_is_signed_is_locked_on_the_signature_by_those_who_trust_the_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_home.At("key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_home.At("public.pem"), key.ExportSubjectPublicKeyInfoPem());
        Assert.Equal(ExitCode.Clean, (await Run("lock", Models, "-o", Lock, "--sign", _home.At("key.pem"))).Code);
        Assert.True(File.Exists(Path.Combine(Models, "model.sig")));
        await Run("lock", Models, "-o", _home.At("other.lock"), "--trust", _home.At("public.pem"));
        Assert.Equal("publisher-signature", Entry("a.bin", "other.lock").GetProperty("basis").GetString());
        Flip("models/a.bin", 1);
        var (code, _, _) = await Run("lock", Models, "-o", _home.At("third.lock"), "--trust", _home.At("public.pem"));
        Assert.Equal(ExitCode.Findings, code);
        Assert.False(File.Exists(_home.At("third.lock")));
    }

    [Fact]
    public async Task A_key_that_is_none_is_a_wrong_word()
    {
        File.WriteAllText(_home.At("key.pem"), "nothing");
        Assert.Equal(ExitCode.Usage, (await Run("lock", Models, "-o", Lock, "--sign", _home.At("key.pem"))).Code);
        Assert.Equal(ExitCode.Usage, (await Run("lock", Models, "-o", Lock, "--trust", _home.At("none.pem"))).Code);
    }

    [Fact]
    public async Task Many_files_are_read_at_once_and_told_in_their_order()
    {
        // The largest first: whoever told them as they are done would tell it last.
        for (int i = 0; i < 24; i++)
            Put($"models/shard-{i:00}.bin", Locked.Bytes(i == 0 ? 24 * Locked.MiB : 1000 + i));
        string[] expected = [.. Directory.GetFiles(Models, "*.bin").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        var (code, output, _) = await Run("scan", Models, "--json");
        Assert.Equal(ExitCode.Clean, code);
        var models = Lines(output).Where(l => l.GetProperty("kind").GetString() == "model").ToArray();
        Assert.Equal(expected, models.Select(m => m.GetProperty("path").GetString()));
        Assert.All(models, m => Assert.Equal(Locked.Hex(File.ReadAllBytes(Path.Combine(Models, m.GetProperty("path").GetString()!))), m.GetProperty("sha256").GetString()));
        await MakeLock();
        Assert.Equal(ExitCode.Clean, (await Verify()).Code);
    }

    [Fact]
    public async Task Asked_to_end_while_many_are_read_it_says_that_nothing_is_known()
    {
        for (int i = 0; i < 8; i++)
            Put($"models/shard-{i}.bin", Locked.Bytes(8 * Locked.MiB));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        var (code, _, errors) = await RunWith(cancel.Token, "scan", Models);
        Assert.Equal(ExitCode.Unread, code);
        Assert.Contains("nothing is known of what was not looked at", errors, StringComparison.Ordinal);
        // No file is still open: on Windows it could not be deleted.
        Directory.Delete(Models, recursive: true);
    }

    [Fact]
    public async Task A_part_of_a_model_that_was_named_alone_is_locked_with_it()
    {
        Put("one/model.onnx", OnnxTests.WithNumbersIn("weights.bin"));
        Put("one/weights.bin", Locked.Bytes(24));
        Assert.Equal(ExitCode.Clean, (await Run("lock", _home.At("one/model.onnx"), "-o", Lock)).Code);
        Assert.Equal(["model.onnx", "weights.bin"], JsonDocument.Parse(File.ReadAllBytes(Lock)).RootElement.GetProperty("files").EnumerateArray()
            .Select(f => Path.GetFileName(f.GetProperty("path").GetString()!)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Names_of_files_drive_no_terminal()
    {
        if (OperatingSystem.IsWindows())
            return;
        Put("models/\u001b]0;x\u0007.bin", [1]);
        var (_, output, errors) = await Run("scan", Models);
        Assert.DoesNotContain('\u001b', output + errors);
        Assert.Contains("\\x1b]0;x", output, StringComparison.Ordinal);
        // A lock has no room for it; that is told, and the rest is locked.
        Assert.Equal(ExitCode.Unread, (await Run("lock", Models, "-o", Lock)).Code);
        Assert.Equal(2, JsonDocument.Parse(File.ReadAllBytes(Lock)).RootElement.GetProperty("files").GetArrayLength());
    }

    private async Task MakeLock() => Assert.True(ExitCode.Clean == (await Run("lock", Models, "-o", Lock)).Code || File.Exists(Lock));

    private Task<(int Code, string Output, string Errors)> Verify(params string[] arguments) => Run(["verify", "--lock", Lock, .. arguments]);

    private Task<(int Code, string Output, string Errors)> Run(params string[] arguments) => RunWith(CancellationToken.None, arguments);

    private async Task<(int Code, string Output, string Errors)> RunWith(CancellationToken cancel, params string[] arguments)
    {
        using StringWriter output = new(), errors = new();
        int code = await CommandLine.RunAsync(["model", .. arguments, "--state", _home.At("state")], output, errors, cancel);
        return (code, output.ToString(), errors.ToString());
    }

    private JsonElement Entry(string path, string file = "models.lock") =>
        JsonDocument.Parse(File.ReadAllBytes(_home.At(file))).RootElement.GetProperty("files").EnumerateArray().Single(f => f.GetProperty("path").GetString() == path);

    private static JsonElement Summary(string output) => Lines(output)[^1];

    private static string[] Raw(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static JsonElement[] Lines(string output) => [.. Raw(output).Select(l => JsonDocument.Parse(l).RootElement)];

    private void Put(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_home.At(name))!);
        File.WriteAllBytes(_home.At(name), bytes);
    }

    private void Flip(string name, int at)
    {
        byte[] bytes = File.ReadAllBytes(_home.At(name));
        bytes[at] ^= 1;
        File.WriteAllBytes(_home.At(name), bytes);
    }
}
