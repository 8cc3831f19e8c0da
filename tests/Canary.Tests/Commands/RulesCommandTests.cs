using System.CommandLine;
using System.Text.Json;
using Canary.Commands;
using Xunit;

namespace Canary.Tests.Commands;

public sealed class RulesCommandTests : IDisposable
{
    private const string Good = """
        title: T
        id: 8f0c6a3e-5d0b-4f59-9a55-000000000001
        logsource: {product: linux, category: process_creation}
        detection: {s: {Image: /x}, condition: s}
        canary: {tests: {fires: [{Image: /x}], quiet: [{Image: /y}]}}
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("canary-rules-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_sound_rule_passes_check_and_test()
    {
        string file = Write("good.yml", Good);
        Assert.Equal((0, "1 files, 1 rules stand, 0 refused, 0 not supported here\n"), Run("rules", "check", file));
        Assert.Equal((0, "2 passed, 0 failed\n"), Run("rules", "test", file));
    }

    [Fact]
    public void A_faulty_rule_is_exit_2_with_its_place()
    {
        string file = Write("bad.yml", Good.Replace("title:", "titel:"));
        var (code, output) = Run("rules", "check", file);
        Assert.Equal(2, code);
        Assert.Equal($"{file}:1:1: unknown key 'titel'; did you mean 'title'?\n{file}:1:1: 'title' is missing\n1 files, 0 rules stand, 1 refused, 0 not supported here\n", output);
    }

    [Fact]
    public void A_case_that_comes_out_otherwise_is_exit_2_with_its_line()
    {
        string file = Write("wrong.yml", Good.Replace("{Image: /y}", "{Image: /X}"));
        Assert.Equal((2, $"{file}:5: wrong fired, and should stay quiet\n1 passed, 1 failed\n"), Run("rules", "test", file));
    }

    [Fact]
    public void A_rule_without_both_kinds_of_cases_fails_where_that_is_asked()
    {
        string file = Write("bare.yml", Good[..Good.LastIndexOf("canary", StringComparison.Ordinal)]);
        Assert.Equal((0, "0 passed, 0 failed, 1 rules without cases\n"), Run("rules", "test", file));
        Assert.Equal(2, Run("rules", "test", "--strict", file).Code);
    }

    [Fact]
    public void What_this_canary_cannot_run_is_no_error_unless_strict()
    {
        string file = Write("foreign.yml", Good[..Good.LastIndexOf("canary", StringComparison.Ordinal)].Replace("Image", "LogonId"));
        Assert.Equal((0, $"{file}:4:17: field 'LogonId' is not collected here (skipped)\n1 files, 0 rules stand, 0 refused, 1 not supported here\n"), Run("rules", "check", file));
        Assert.Equal(2, Run("rules", "check", "--strict", file).Code);
    }

    [Fact]
    public void Nothing_to_read_is_exit_3() => Assert.Equal(3, Run("rules", "check", _root).Code);

    [Fact]
    public void A_path_that_is_not_there_is_exit_2() => Assert.Equal(2, Run("rules", "check", Path.Combine(_root, "nope")).Code);

    [Fact]
    public void Hostile_text_reaches_no_terminal()
    {
        string file = Write("evil.yml", Good.Replace("title: T", "title: \"T\\e[31m\"\n\"st\\e]0;atus\": x").Replace("Image: /x}, c", "\"Im\\e[2Jage\": /x}, c"));
        var (_, check) = Run("rules", "check", file);
        Assert.DoesNotContain('\x1b', check);
        Assert.Contains("\\x1b", check, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', Run("rules", "list", file).Output);
    }

    [Fact]
    public void List_shows_a_table_or_one_object_a_line()
    {
        string file = Write("good.yml", Good);
        var (code, table) = Run("rules", "list", file);
        Assert.Equal(0, code);
        Assert.Contains("medium  good  linux/process_creation", table, StringComparison.Ordinal);
        string[] lines = Run("rules", "list", "--json", file).Output.TrimEnd().Split('\n');
        Assert.Equal(["rule", "summary"], lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("kind").GetString()));
        Assert.StartsWith("{\"kind\":\"rule\",\"id\":\"8f0c6a3e-5d0b-4f59-9a55-000000000001\",\"slug\":\"good\"", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Json_check_tells_each_fault_apart()
    {
        string file = Write("bad.yml", Good.Replace("title:", "titel:"));
        var lines = Run("rules", "check", "--json", file).Output.TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(["diagnostic", "diagnostic", "summary"], lines.Select(l => l.GetProperty("kind").GetString()));
        Assert.Equal(1, lines[2].GetProperty("refused").GetInt32());
    }

    [Fact]
    public void Explain_answers_in_words_or_as_an_object()
    {
        Write("good.yml", Good);
        Assert.Equal(
            (0, "good (T) does not fire\n  - selection s\n    - Image is '/x' – it is '/y'\nTo fire it lacks:\n  * Image is '/x' (it is '/y')\n"),
            Run("rules", "explain", "good", "{\"Image\":\"/y\"}", "--rules", _root));
        var json = JsonDocument.Parse(Run("rules", "explain", "good", "{\"Image\":\"/x\"}", "--json", "--rules", _root).Output).RootElement;
        Assert.Equal(("explanation", true), (json.GetProperty("kind").GetString(), json.GetProperty("fires").GetBoolean()));
        Assert.Equal(2, Run("rules", "explain", "nope", "{}").Code);
        Assert.Equal(2, Run("rules", "explain", "good", "{", "--rules", _root).Code);
        Assert.Equal(2, Run("rules", "explain", "good", Path.Combine(_root, "nope.json"), "--rules", _root).Code);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_root, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static (int Code, string Output) Run(params string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        int code = CommandTree.Create().Parse(args).Invoke(new InvocationConfiguration { Output = output });
        return (code, output.ToString());
    }
}
