using System.Text;
using Canary.Surface;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Surface;

/// <summary>Every reader over what nobody should have written: its fixtures damaged, and bytes that are no such file at all. It ends within seconds and throws nothing.</summary>
public sealed class SurfaceHostilityTests
{
    private const int Damages = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly string[] Splinters =
    [
        "\0", "\r", "\n", "\u001b[2J", "\u202e", "\uFEFF", "\U000E0041\U000E0042", "\"", "'", "\\", "\\u12", "#", "[", "]", "{", "}", "${{", "}}", ":", "=", ",", "@", "-", "!", "&a", "*a", "|", ">", "  ", "\t",
        "null", "true", "1e999999999", "<<: *a", "---\n", "!!binary x", "npx", "uvx", "docker run", "@sha256:", "http://user:secret@[::1", "%ZZ",
    ];

    public static TheoryData<string> Cases() => new(FixtureTree.Names());

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_damaged_file_is_read_or_reported_and_nothing_else_happens(string name)
    {
        foreach (var (path, text) in FixtureTree.Files(name))
        {
            for (int seed = 0; seed < Damages; seed++)
                Holds(path, Damaged(text, new Random(seed)), $"{name} {path}, damage {seed}");
        }
    }

    [Theory]
    [InlineData(".mcp.json")]
    [InlineData(".codex/config.toml")]
    [InlineData(".config/goose/config.yaml")]
    [InlineData(".claude/settings.json")]
    [InlineData(".vscode/tasks.json")]
    [InlineData(".devcontainer/devcontainer.json")]
    [InlineData("CLAUDE.md")]
    [InlineData(".github/workflows/x.yml")]
    [InlineData(".git/config")]
    [InlineData(".git/hooks/pre-commit")]
    [InlineData(".env")]
    public void What_is_no_such_file_is_reported_and_nothing_else_happens(string path)
    {
        byte[] noise = new byte[4096];
        new Random(1).NextBytes(noise);
        Holds(path, noise, "noise");
        Holds(path, [0xFF, 0xFE, 0x61, 0x00, 0xC3, 0x28], "UTF-16, and half of UTF-8");
        foreach (string nest in (string[])["[", "{", "{\"a\":", "[{\"a\":[", "a = [", "- ", "a:\n ", "a.", "{a: ", "[a.", "<!--"])
            Holds(path, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(nest, 10_000))), $"'{nest}' 10,000 deep");
        foreach (string line in (string[])["a", "a = \"", "- a", " ", "\u200B", "\"", "a=b\n", "[x]\n", "${{", "npx "])
            Holds(path, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 500_000 / line.Length))), $"'{line}' for half a megabyte");
        // A long name at each depth, and very many values below: their paths must not multiply.
        var deep = new StringBuilder();
        for (int i = 0; i < 60; i++)
            deep.Append("{\"").Append('n', 20_000).Append("\":");
        deep.Append('[').AppendJoin(',', Enumerable.Repeat("1", 50_000)).Append(']').Append('}', 60);
        Holds(path, Encoding.UTF8.GetBytes(deep.ToString()), "long names, deep");
    }

    private static byte[] Damaged(string whole, Random random)
    {
        var text = new StringBuilder(whole);
        for (int cuts = random.Next(1, 6); cuts > 0; cuts--)
        {
            int at = random.Next(text.Length + 1), length = Math.Min(random.Next(1, 40), text.Length - at);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, random.Next(8) == 0 ? text.Length - at : length);
                    break;
                case 1:
                    text.Insert(at, text.ToString(at, length));
                    break;
                default:
                    text.Insert(at, Splinters[random.Next(Splinters.Length)]);
                    break;
            }
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (bytes.Length > 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static void Holds(string path, byte[] bytes, string what)
    {
        using var root = new TemporaryDirectory();
        string full = root.At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
        var reading = Task.Run(() =>
        {
            var (inventory, entries) = FixtureTree.Read(root.Path);
            _ = FixtureTree.Findings(entries);
            return (inventory, entries);
        });
        Assert.True(reading.Wait(Patience), $"does not end: {what}");
        int lines = bytes.Count(b => b is (byte)'\n' or (byte)'\r') + 2;
        Assert.All(reading.Result.inventory.UnreadParts, u => Assert.InRange(u.Line, 0, lines));
        Assert.All(reading.Result.entries.All, e => Assert.InRange(e.Facts.Line, 0, lines));
        Assert.True(reading.Result.entries.All.Count <= SurfaceEntries.MostOfFile + 1, what);
    }
}
