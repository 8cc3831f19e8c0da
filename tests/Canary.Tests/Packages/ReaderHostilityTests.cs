using System.Text;
using Canary.Packages;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Packages;

/// <summary>
/// Every reader of the list, over what nobody should have written: its own fixtures damaged, and bytes that are no such file at all. A reader
/// ends within seconds and throws nothing but <see cref="UnreadableFileException"/>.
/// </summary>
public sealed class ReaderHostilityTests
{
    private const int Damages = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly string[] Splinters =
    [
        "\0", "\r", "\n", "\r\n", "\u001b[2J", "\u202e", "\uFEFF", "\"", "'", "\"\"\"", "'''", "\\", "\\u12", "\\uD800", "\\UD800DFFF", "#", "[", "]", "[[", "{", "}", "(", ")", "<", ">", "<!--", "&amp;",
        ":", "=", "==", ",", "@", "@@", ";", "/", "../", "-", "!", "&a", "*a", "|", "  ", "\t", "__proto__", "null", "true", "-1", "1e999999999", "99999999999999999999999999",
        "-r ", "-c x.txt\n", "git+ssh://", "http://user:secret@[::1", "%", "%ZZ", "sha256:", "9999-99-99T99:99:99Z",
    ];

    public static TheoryData<string> Formats() => new(PackageFileReaders.All.Select(r => r.Format));

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_damaged_file_is_reported_and_nothing_else_happens(string format)
    {
        var files = Fixtures(format);
        // A reader without a fixture would be tried on nothing.
        Assert.NotEmpty(files);
        foreach (var (path, bytes) in files)
        {
            for (int seed = 0; seed < Damages; seed++)
                Holds(format, path, Damaged(bytes, new Random(seed)), $"{path}, damage {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_is_no_such_file_is_reported_and_nothing_else_happens(string format)
    {
        string path = Fixtures(format).Select(f => f.Path).First();
        byte[] noise = new byte[4096];
        new Random(1).NextBytes(noise);
        Holds(format, path, noise, "noise");
        Holds(format, path, [], "nothing");
        Holds(format, path, [0xEF, 0xBB, 0xBF], "a byte order mark alone");
        Holds(format, path, [0xFF, 0xFE, 0x61, 0x00], "UTF-16");
        foreach (string splinter in Splinters)
            Holds(format, path, Encoding.UTF8.GetBytes(splinter), $"'{splinter}' alone");
        foreach (string nest in (string[])["[", "{", "(", "[[", "{\"a\":", "[{\"a\":[", "a = [", "a = {a=", "<a>", "- ", "a:\n ", "\n ", "a.", "\"a\".", "{a: ", "require (\n", "%{"])
            Holds(format, path, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(nest, 10_000))), $"'{nest}' 10,000 deep");
        foreach (string line in (string[])["a", "a==1 ", "a = \"", "- a", " ", "\\\n", "a@1, ", "/", "\"", "\t", "-r a "])
            Holds(format, path, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 1_000_000 / line.Length))), $"'{line}' for a megabyte");
    }

    /// <summary>Every fixture file that the reader reads, with its path below the fixture.</summary>
    private static List<(string Path, byte[] Bytes)> Fixtures(string format)
    {
        var reader = PackageFileReaders.All.Single(r => r.Format == format);
        var found = new List<(string, byte[])>();
        string root = Checkout.At("tests/fixtures/packages");
        foreach (string tree in Directory.GetDirectories(root).SelectMany(Directory.GetDirectories).Order(StringComparer.Ordinal))
        {
            foreach (string full in Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                string path = Path.GetRelativePath(tree, full).Replace('\\', '/');
                if (reader.Reads(Path.GetFileName(path), Path.GetDirectoryName(path)!.Replace('\\', '/')) && new FileInfo(full).Length < 64 * 1024)
                    found.Add((path, File.ReadAllBytes(full)));
            }
        }

        return found;
    }

    private static byte[] Damaged(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (int cuts = random.Next(1, 6); cuts > 0; cuts--)
        {
            int at = random.Next(bytes.Count + 1), length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes.RemoveRange(at, random.Next(8) == 0 ? bytes.Count - at : length);
                    break;
                case 1:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    int to = random.Next(bytes.Count + 1 - length);
                    var moved = bytes.GetRange(at, length);
                    bytes.RemoveRange(at, length);
                    bytes.InsertRange(Math.Min(to, bytes.Count), moved);
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Splinters[random.Next(Splinters.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Holds(string format, string path, byte[] bytes, string what)
    {
        var reader = PackageFileReaders.All.Single(r => r.Format == format);
        // Whatever it names leads back to it: a reader that follows must know where it has been.
        SourceFile Itself(string name) => new(name, bytes) { Open = Itself };
        var inventory = new Inventory();
        var reading = Task.Run(() =>
        {
            try
            {
                reader.Read(Itself(path), inventory);
            }
            catch (UnreadableFileException)
            {
            }
        });
        try
        {
            Assert.True(reading.Wait(Patience), $"{format} does not end: {what}");
        }
        catch (AggregateException e)
        {
            Assert.Fail($"{format} threw on {what}: {e.InnerException}");
        }

        int lines = bytes.Count(b => b == '\n') + 1;
        Assert.All(inventory.UnreadParts, u => Assert.InRange(u.Line, 0, lines));
        Assert.All(inventory.Packages, p => Assert.InRange(p.Line, 0, lines));
    }
}
