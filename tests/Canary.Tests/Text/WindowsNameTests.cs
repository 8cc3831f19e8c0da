using Canary.Text;
using CsCheck;
using Xunit;

namespace Canary.Tests.Text;

/// <summary>Streams, short names and the names of devices.</summary>
public sealed class WindowsNameTests
{
    [Theory]
    [InlineData(@"C:\a.txt:evil.exe", @"C:\a.txt", "evil.exe")]
    [InlineData(@"C:\a.txt:evil.exe:$DATA", @"C:\a.txt", "evil.exe:$DATA")]
    [InlineData(@"C:\a.txt::$DATA", @"C:\a.txt", ":$DATA")]
    [InlineData(@"C:\a.txt", @"C:\a.txt", null)]
    [InlineData(@"C:a.txt", "C:a.txt", null)]
    [InlineData(@"C:a.txt:b", "C:a.txt", "b")]
    [InlineData(@"notes.txt:b", "notes.txt", "b")]
    [InlineData(@"\\?\C:", @"\\?\C:", null)]
    [InlineData(@"\\server\share\a:Zone.Identifier", @"\\server\share\a", "Zone.Identifier")]
    [InlineData(@"C:\d:x\a", @"C:\d:x\a", null)]
    public void A_path_with_a_stream_keeps_its_file(string path, string file, string? stream) => Assert.Equal((file, stream), WindowsStreams.Split(path));

    [Theory]
    [InlineData(@"C:\a:evil", true)]
    [InlineData(@"C:\a::$DATA", false)]
    [InlineData(@"C:\a:$I30:$INDEX_ALLOCATION", false)]
    [InlineData(@"C:\a", false)]
    public void The_default_stream_is_no_alternate_one(string path, bool alternate) => Assert.Equal(alternate, WindowsStreams.IsAlternate(path));

    [Fact]
    public void File_and_stream_make_the_path_again() => Gen.String[Gen.Char["C:\\/a.$ "], 0, 12].Sample(path =>
    {
        var (file, stream) = WindowsStreams.Split(path);
        return (stream is null ? file : $"{file}:{stream}") == path;
    });

    [Theory]
    [InlineData("PROGRA~1", true)]
    [InlineData("SETTIN~1.JSO", true)]
    [InlineData("A~10.TX", true)]
    [InlineData("CLAUDE~1", true)]
    [InlineData("~1", false)]
    [InlineData("a~", false)]
    [InlineData("a~0", false)]
    [InlineData("longname~1", false)]
    [InlineData("backup~1.json", false)]
    [InlineData("a b~1.txt", false)]
    [InlineData("~$report.docx", false)]
    [InlineData("a~1x.txt", false)]
    public void A_short_name_is_known_by_its_form(string name, bool isShort) => Assert.Equal(isShort, WindowsName.IsShort(name));

    [Fact]
    public void Short_names_are_made_long_where_the_folder_can_be_asked()
    {
        string? Long(string path) => path switch
        {
            @"C:\PROGRA~1" => "Program Files",
            @"C:\Program Files\CLAUDE~1" => "ClaudeCode",
            _ => null,
        };
        Assert.Equal(@"C:\Program Files\ClaudeCode\managed-settings.json", WindowsName.Expand(@"\\?\C:\PROGRA~1\CLAUDE~1\managed-settings.json", Long, out bool unresolved));
        Assert.False(unresolved);
        Assert.Equal(@"C:\Program Files\MANAGE~1.JSO:s", WindowsName.Expand(@"C:\PROGRA~1\MANAGE~1.JSO:s", Long, out unresolved));
        Assert.True(unresolved);
    }

    [Theory]
    [InlineData("NUL", true)]
    [InlineData("con.txt", true)]
    [InlineData("aux .log", true)]
    [InlineData("Com1", true)]
    [InlineData("LPT²", true)]
    [InlineData("conout$", true)]
    [InlineData("NUL:", true)]
    [InlineData("COM0", false)]
    [InlineData("COM10", false)]
    [InlineData("console", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    public void Names_of_devices_are_reserved(string name, bool reserved) => Assert.Equal(reserved, WindowsName.IsReserved(name));
}
