using System.Text.RegularExpressions;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Architecture;

/// <summary>What the compiler cannot hold of the house style.</summary>
public sealed partial class StyleTests
{
    private const int MostLines = 400;

    [Fact]
    public void No_file_is_longer_than_a_reader_s_patience()
    {
        var tooLong = from pattern in (string[])["*.cs", "*.c", "*.h"]
                      from path in SourceFile.Files(pattern, "src", "tests")
                      let lines = File.ReadLines(Checkout.At(path)).Count()
                      where lines > MostLines
                      select $"{path}: {lines} lines";
        Faults.None(tooLong);
    }

    [Fact]
    public void No_name_says_that_its_author_knew_none() => Faults.None(
        from file in SourceFile.All
        from Match declared in Declared().Matches(file.Code)
        where Empty().IsMatch(declared.Groups[1].Value)
        select $"{file.Path}: {declared.Groups[1].Value}");

    [Theory]
    [InlineData("AlertManager", true)]
    [InlineData("PathUtils", true)]
    [InlineData("CommonOptions", true)]
    [InlineData("FileInfo", true)]
    [InlineData("Management", false)]
    [InlineData("DataSource", false)]
    [InlineData("Uncommonly", false)]
    public void The_banned_words_are_found_as_words(string name, bool banned) => Assert.Equal(banned, Empty().IsMatch(name));

    // libbpf's print callback carries no user data: what it said can only be kept by thread.
    private static readonly string[] Reasoned = ["src/Canary.Sensors/Ebpf/LibBpfWords.cs"];

    [Fact]
    public void Nothing_static_can_change() => Faults.None(
        from file in SourceFile.All
        where !Reasoned.Contains(file.Path)
        from line in file.Lines
        where IsMutableStatic(line)
        select $"{file.Path}: {line.Trim()}");

    [Theory]
    [InlineData("    private static int _count;", true)]
    [InlineData("    internal static string? Name = x;", true)]
    [InlineData("    public static int Count { get; set; }", true)]
    [InlineData("    private static readonly List<int> Seen = [];", true)]
    [InlineData("    private static readonly ConcurrentDictionary<int, int> Cache = new();", true)]
    [InlineData("    private static readonly FrozenDictionary<int, int> Ids =", false)]
    [InlineData("    public static int Count => 3;", false)]
    [InlineData("    public static int Count { get; } = 3;", false)]
    [InlineData("    private static int Sum(int a, int b = 0) => a;", false)]
    [InlineData("    private static partial Regex Word();", false)]
    [InlineData("    public static FieldValue Of(string? text) => text is null ? default : new(FieldKind.Text, text, 0);", false)]
    [InlineData("    public static bool operator ==(FieldValue left, FieldValue right) => left.Equals(right);", false)]
    [InlineData("    public static class Levels", false)]
    [InlineData("using static System.Math;", false)]
    public void A_static_that_can_change_is_told_from_one_that_cannot(string line, bool mutable) => Assert.Equal(mutable, IsMutableStatic(line));

    [Fact]
    public void The_time_comes_from_a_TimeProvider() =>
        Faults.None(SourceFile.All.Where(f => Clock().IsMatch(f.Code)).Select(f => f.Path));

    // TraceEvent calls its raw counter obsolete to discourage it; two sessions can only be merged by it.
    private static readonly string[] Silenced = ["src/Canary.Sensors/Etw/EtwSession.cs"];

    [Fact]
    public void No_analyzer_is_silenced_in_place() =>
        Faults.None(SourceFile.All.Where(f => !Silenced.Contains(f.Path)).Where(f => f.Code.Contains("#pragma warning", StringComparison.Ordinal) || f.Code.Contains("SuppressMessage", StringComparison.Ordinal)).Select(f => f.Path));

    [Fact]
    public void No_test_is_skipped()
    {
        var skip = new Regex(@"\b(?:Fact|Theory)\([^)]*\bSkip\s*=");
        Faults.None(SourceFile.Files("*.cs", "tests").Where(p => !p.EndsWith("StyleTests.cs", StringComparison.Ordinal) && skip.IsMatch(File.ReadAllText(Checkout.At(p)))));
    }

    private static bool IsMutableStatic(string line) => StaticField().IsMatch(line) || StaticSetter().IsMatch(line) || StaticCollection().IsMatch(line);

    // A field: «static», a type and a name, then «;» or «=» and not «=>»; no parenthesis before it.
    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|unsafe|volatile|new)\s+)*static\s+(?!readonly\b|class\b|partial\b|abstract\b|extern\b|event\b)(?:volatile\s+)?[\w.<>,\[\]?* ]+\s+\w+\s*(?:;|=(?![>=]))")]
    private static partial Regex StaticField();

    [GeneratedRegex(@"\bstatic\b[^(={]*\{[^}]*\b(?:set|init)\b")]
    private static partial Regex StaticSetter();

    [GeneratedRegex(@"\bstatic\s+readonly\s+(?:[\w.]+\.)?(?:List|Dictionary|HashSet|Queue|Stack|SortedDictionary|Concurrent\w+|StringBuilder)\b")]
    private static partial Regex StaticCollection();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+(?:struct\s+|class\s+)?(\w+)")]
    private static partial Regex Declared();

    [GeneratedRegex(@"(?:Manager|Helpers?|Utils?|Utility|Utilities|Common)(?![a-z])|(?:Service|Processor|Handler|Info|Data|Item)$")]
    private static partial Regex Empty();

    [GeneratedRegex(@"\bDateTime(?:Offset)?\.(?:Now|UtcNow|Today)\b")]
    private static partial Regex Clock();
}
