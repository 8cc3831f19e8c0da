using System.Text;
using System.Text.Json;
using Canary.Commands;
using Canary.Tests.Models.Locking;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Commands;

/// <summary><c>model lock --hub</c> against a Hub of one's own.</summary>
public sealed class HubLockTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Asked = $"/api/models/acme/tiny/tree/{Commit}?recursive=true";

    private readonly TemporaryDirectory _home = new();
    private readonly byte[] _bytes = Locked.Bytes(5000);

    public HubLockTests()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Model)!);
        File.WriteAllBytes(Model, _bytes);
    }

    private string Snapshot => _home.At($"models--acme--tiny/snapshots/{Commit}");

    private string Model => Path.Combine(Snapshot, "model.bin");

    private string Lock => _home.At("models.lock");

    [Fact]
    public async Task What_the_Hub_says_of_the_very_bytes_is_the_basis_of_the_lock()
    {
        await using var hub = WebServer.Start(_ => new WebAnswer(200, Tree(Locked.Hex(_bytes), _bytes.Length)));
        var (code, output, errors) = await Run(hub, "--offline=false");
        Assert.Equal((ExitCode.Clean, ""), (code, errors));
        Assert.Contains("\"basis\":\"publisher-hash\"", output, StringComparison.Ordinal);
        Assert.Equal([Asked], hub.Requests);
        Assert.Contains(Commit, await File.ReadAllTextAsync(Lock), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_the_Hub_has_not_are_not_locked()
    {
        await using var hub = WebServer.Start(_ => new WebAnswer(200, Tree(Locked.Hex([1]), _bytes.Length)));
        var (code, output, _) = await Run(hub, "--offline=false");
        Assert.Equal(ExitCode.Findings, code);
        Assert.Contains("the Hub, asked now,", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Lock));
    }

    [Fact]
    public async Task A_directory_that_no_cache_names_is_what_the_user_says_it_is()
    {
        await using var hub = WebServer.Start(_ => new WebAnswer(200, Tree(Locked.Hex(_bytes), _bytes.Length)));
        string plain = _home.At("plain");
        Directory.CreateDirectory(plain);
        File.WriteAllBytes(Path.Combine(plain, "model.bin"), _bytes);
        var (code, output, _) = await Run(hub, "--offline=false", "--hub-repo", $"acme/tiny@{Commit}", plain);
        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains("publisher-hash", output, StringComparison.Ordinal);
        Assert.Equal([Asked], hub.Requests);
    }

    [Theory]
    [InlineData(404, "{}", "knows no commit")]
    [InlineData(200, "not json", "not what such a registry answers")]
    [InlineData(200, """[{"type":"file"}]""", "gave no answer that can be used")]
    [InlineData(403, "{}", "it answered 403")]
    public async Task A_Hub_that_does_not_answer_is_told_and_the_lock_is_on_nobody_s_word(int status, string body, string told)
    {
        await using var hub = WebServer.Start(_ => new WebAnswer(status, body));
        var (code, output, errors) = await Run(hub, "--offline=false");
        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains(told, errors, StringComparison.Ordinal);
        Assert.Contains("first-seen", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Hub_that_sends_on_to_another_host_is_not_followed()
    {
        await using var other = WebServer.Start(_ => new WebAnswer(200, Tree(Locked.Hex(_bytes), _bytes.Length)));
        await using var hub = WebServer.Start(_ => new WebAnswer(302, "") { Headers = new Dictionary<string, string> { ["Location"] = other.Address.AbsoluteUri } });
        var (_, output, errors) = await Run(hub, "--offline=false");
        Assert.Contains("another host", errors, StringComparison.Ordinal);
        Assert.Contains("first-seen", output, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task Offline_nobody_is_asked_and_it_is_said()
    {
        await using var hub = WebServer.Start(_ => new WebAnswer(200, "[]"));
        var (code, _, errors) = await Run(hub, "--offline");
        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains("offline: the Hub was not asked", errors, StringComparison.Ordinal);
        Assert.Empty(hub.Requests);
    }

    [Theory]
    [InlineData("acme/tiny@main")]
    [InlineData("../..@0123456789abcdef0123456789abcdef01234567")]
    [InlineData("acme/tiny/more@0123456789abcdef0123456789abcdef01234567")]
    [InlineData("acme/ti ny@0123456789abcdef0123456789abcdef01234567")]
    public async Task A_branch_or_what_cannot_be_a_repository_is_a_wrong_word(string repository)
    {
        await using var hub = WebServer.Start(_ => new WebAnswer(200, "[]"));
        Assert.Equal(ExitCode.Usage, (await Run(hub, "--offline=false", "--hub-repo", repository)).Code);
        Assert.Empty(hub.Requests);
    }

    public void Dispose() => _home.Dispose();

    private static string Tree(string sha256, long size) => JsonSerializer.Serialize(new object[]
    {
        new Dictionary<string, object> { ["type"] = "directory", ["path"] = "sub", ["oid"] = new string('a', 40), ["size"] = 0 },
        new Dictionary<string, object>
        {
            ["type"] = "file", ["path"] = "model.bin", ["oid"] = new string('b', 40), ["size"] = size,
            ["lfs"] = new Dictionary<string, object> { ["oid"] = sha256, ["size"] = size, ["pointerSize"] = 134 },
        },
    });

    private async Task<(int Code, string Output, string Errors)> Run(WebServer hub, params string[] more)
    {
        var (output, errors) = (new StringWriter(new StringBuilder()), new StringWriter());
        string path = more is [.., var last] && Directory.Exists(last) ? last : Snapshot;
        string[] options = [.. more.Where(m => m != path)];
        int code = await CommandLine.RunAsync(["model", "lock", path, "-o", Lock, "--hub", "--hub-url", hub.Address.AbsoluteUri, "--json", .. options], output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
