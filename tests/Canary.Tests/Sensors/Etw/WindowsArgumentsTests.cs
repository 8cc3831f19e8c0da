using Canary.Sensors.Etw;
using CsCheck;
using Xunit;

namespace Canary.Tests.Sensors.Etw;

public sealed class WindowsArgumentsTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a b\tc  d ", new[] { "a", "b", "c", "d" })]
    [InlineData("\"C:\\Program Files\\x.exe\" -a", new[] { @"C:\Program Files\x.exe", "-a" })]
    [InlineData("\"C:\\x\\\" -a", new[] { @"C:\x\", "-a" })]
    [InlineData("x \"a b c\" d e", new[] { "x", "a b c", "d", "e" })]
    [InlineData("x \"ab\\\"c\" \"\\\\\" d", new[] { "x", "ab\"c", "\\", "d" })]
    [InlineData("x a\\\\\\b d\"e f\"g h", new[] { "x", "a\\\\\\b", "de fg", "h" })]
    [InlineData("x a\\\\\\\"b c d", new[] { "x", "a\\\"b", "c", "d" })]
    [InlineData("x a\\\\\\\\\"b c\" d e", new[] { "x", "a\\\\b c", "d", "e" })]
    [InlineData("x a\"b\"\" c d", new[] { "x", "ab\" c d" })]
    [InlineData("x \"\" y", new[] { "x", "", "y" })]
    [InlineData("x \"unclosed y", new[] { "x", "unclosed y" })]
    [InlineData(" x", new[] { "", "x" })]
    [InlineData("x \\\\server\\share\\", new[] { "x", @"\\server\share\" })]
    public void A_line_is_split_as_the_run_time_does(string line, string[] arguments) => Assert.Equal(arguments, WindowsArguments.Split(line));

    [Fact]
    public void What_is_quoted_for_a_line_is_read_from_it() => Gen.String[Gen.OneOf('a', ' ', '"', '\\', '\t', 'é'), 0, 12].Array[1, 6].Sample(arguments =>
    {
        string line = "x.exe " + string.Join(' ', arguments.Select(Quoted));
        Assert.Equal(["x.exe", .. arguments], WindowsArguments.Split(line));
    }, iter: 5000);

    [Fact]
    public void A_line_of_very_many_words_keeps_all_of_them_in_its_last()
    {
        string line = string.Join(' ', Enumerable.Repeat("w", 10_000));
        string[] arguments = WindowsArguments.Split(line);
        Assert.Equal(WindowsArguments.Most, arguments.Length);
        Assert.Equal(line, string.Join(' ', arguments));
    }

    // https://learn.microsoft.com/archive/blogs/twistylittlepassagesallalike/everyone-quotes-command-line-arguments-the-wrong-way
    private static string Quoted(string argument)
    {
        var line = new System.Text.StringBuilder("\"");
        int slashes = 0;
        foreach (char c in argument)
        {
            if (c == '"')
                line.Append('\\', slashes + 1);
            slashes = c == '\\' ? slashes + 1 : 0;
            line.Append(c);
        }

        return line.Append('\\', slashes).Append('"').ToString();
    }
}
