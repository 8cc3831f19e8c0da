using System.CommandLine;
using System.Security.Cryptography;
using Canary.Advisories;
using Canary.Commands;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Commands;

public sealed class DbCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_index_is_built_signed_installed_and_told_of()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string list = Write("list.txt", "good:1.0.0\nbad\n"), secret = Write("k.key", key.ExportPkcs8PrivateKeyPem()), open = Write("k.pem", IndexTrust.PublicPem(key));
        string index = _directory.At("own.index"), state = _directory.At("state");
        var (code, told, said) = Run("db", "build", list, "-o", index, "--sign", secret, "--built", "2030-01-02T03:04:05Z");
        Assert.Equal(3, code);
        Assert.Equal($"{list}:2:1: no package and version; a line is [ecosystem:]name:version\n", said);
        Assert.StartsWith($"{index}: 1 packages, 1 advisories, 1 exact versions, 0 payloads\n  built 2030-01-02T03:04:05Z, ", told);
        Assert.Equal((4, "canary: not installed: no key is trusted to sign an index: name one with --trust KEY\n"), Only(Run("db", "update", index, "--state", state)));
        Assert.Equal(4, Run("db", "update", index, "--state", state, "--trust", secret).Code);
        Assert.Equal((0, ""), Only(Run("db", "update", index, "--state", state, "--trust", open)));
        var (info, both, _) = Run("db", "info", "--state", state);
        Assert.Equal(0, info);
        Assert.Contains("signed by a trusted key", both);
        Assert.Contains("built in: ", both);
        Assert.Equal(2, Run("db", "info", "--json", "--state", state).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => l.StartsWith("{\"kind\":\"index\",", StringComparison.Ordinal)));
    }

    [Fact]
    public void Age_fails_only_where_a_bound_is_named()
    {
        Assert.Equal(0, Run("db", "build", Write("l.txt", "a:1.0.0\n"), "-o", _directory.At("old.index"), "--built", "2001-01-01T00:00:00Z").Code);
        Assert.Equal(0, Run("db", "info", _directory.At("old.index")).Code);
        Assert.Equal(4, Run("db", "info", _directory.At("old.index"), "--max-index-age", "30d").Code);
        Assert.Equal(0, Run("db", "info", "--state", _directory.At("none")).Code);
    }

    [Fact]
    public void Nothing_is_fetched_where_the_network_is_not_to_be_used() =>
        Assert.Equal(2, Run("db", "update", "https://localhost:1/x.index", "--offline", "--state", _directory.At("s")).Code);

    private string Write(string name, string text)
    {
        File.WriteAllText(_directory.At(name), text);
        return _directory.At(name);
    }

    private static (int, string) Only((int Code, string Output, string Error) run) => (run.Code, run.Error);

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = CommandTree.Create().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
