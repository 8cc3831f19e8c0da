using Canary.Rules;
using Canary.Yaml;
using Xunit;

namespace Canary.Tests.Rules;

public sealed class RuleSourcesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("canary-rules-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Both_extensions_below_a_directory_are_read_in_order()
    {
        Write("b.yml");
        Write("sub/a.yaml");
        Write("readme.md");
        Assert.Equal(["b.yml", "sub/a.yaml"], Read(out var faults));
        Assert.Empty(faults);
    }

    [Fact]
    public void A_link_inside_is_followed_and_one_that_leads_out_is_reported()
    {
        string outside = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(outside, "secret");
        try
        {
            Write("real.yml");
            File.CreateSymbolicLink(Path.Combine(_root, "in.yml"), Path.Combine(_root, "real.yml"));
            File.CreateSymbolicLink(Path.Combine(_root, "out.yml"), outside);
            Directory.CreateSymbolicLink(Path.Combine(_root, "loop"), _root);
            Assert.Equal(["in.yml", "real.yml"], Read(out var faults));
            Assert.Equal("a link to a file outside of the rule directory is not followed", faults.Single().Message);
        }
        finally
        {
            File.Delete(outside);
        }
    }

    [Fact]
    public void An_empty_file_and_a_pipe_are_reported_and_not_opened()
    {
        Write("empty.yml", "");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_root, "pipe.yml")))
            mkfifo.WaitForExit();
        Assert.Empty(Read(out var faults));
        Assert.Equal(2, faults.Count);
    }

    [Fact]
    public void A_path_that_is_not_there_is_reported()
    {
        var faults = new List<Diagnostic>();
        Assert.Empty(RuleSources.From(Path.Combine(_root, "nope"), faults));
        Assert.Equal("no such file or directory", faults.Single().Message);
    }

    [Fact]
    public void The_built_in_rules_are_named_by_their_place_in_the_tree() =>
        Assert.Contains(RuleSources.BuiltIn(), s => s.BuiltIn && s.Path == "rules/agents/agents_credential_opened.yml");

    private void Write(string name, string text = "title: x")
    {
        string path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private string[] Read(out List<Diagnostic> faults)
    {
        faults = [];
        return [.. RuleSources.From(_root, faults).Select(s => Path.GetRelativePath(_root, s.Path))];
    }
}
