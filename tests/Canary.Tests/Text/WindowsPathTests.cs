using Canary.Text;
using CsCheck;
using Xunit;

namespace Canary.Tests.Text;

public sealed class WindowsPathTests
{
    [Theory]
    [InlineData(@"C:\a\b", @"C:\a\b")]
    [InlineData(@"C:/a/b", @"C:\a\b")]
    [InlineData(@"C:\a\\b\", @"C:\a\b")]
    [InlineData(@"C:\a\.\b\..\c", @"C:\a\c")]
    [InlineData(@"C:\..\..\a", @"C:\a")]
    [InlineData(@"C:\a.", @"C:\a")]
    [InlineData(@"C:\a. . ", @"C:\a")]
    [InlineData(@"C:\a.\b", @"C:\a\b")]
    [InlineData(@"C:\a..\b", @"C:\a..\b")]
    [InlineData(@"C:\...", @"C:\")]
    [InlineData(@"C:\a \", @"C:\a \")]
    [InlineData(@"C:\", @"C:\")]
    [InlineData(@"C:", @"C:")]
    [InlineData(@"C:foo\..\bar", @"C:bar")]
    [InlineData(@"C:..\bar", @"C:..\bar")]
    [InlineData(@"a\..\..\b", @"..\b")]
    [InlineData(@"\a\..\..\b", @"\b")]
    [InlineData(@"//server/share/a", @"\\server\share\a")]
    [InlineData(@"\\server\share\", @"\\server\share")]
    [InlineData(@"\\server\share\..\..\a", @"\\server\share\a")]
    [InlineData(@"\\?\C:\a\b", @"C:\a\b")]
    [InlineData(@"\??\C:\a\b", @"C:\a\b")]
    [InlineData(@"\\.\C:\a\..\b", @"C:\b")]
    [InlineData(@"//?/C:/a/../b", @"C:\b")]
    [InlineData(@"\\?\UNC\server\share\a", @"\\server\share\a")]
    [InlineData(@"\??\UNC\server\share\a", @"\\server\share\a")]
    [InlineData(@"\\?\C:\a.", @"\\?\C:\a.")]
    [InlineData(@"\\?\C:\a\..\b", @"\\?\C:\a\..\b")]
    [InlineData(@"\??\C:\a ", @"\\?\C:\a ")]
    [InlineData(@"\\.\C:", @"\\.\C:")]
    [InlineData(@"\\.\C:\", @"C:\")]
    [InlineData(@"\\?\pipe\docker_engine", @"\\.\pipe\docker_engine")]
    [InlineData(@"\\.\PhysicalDrive0", @"\\.\PhysicalDrive0")]
    [InlineData(@"\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy1\Windows\NTDS\ntds.dit", @"\Device\HarddiskVolumeShadowCopy1\Windows\NTDS\ntds.dit")]
    [InlineData(@"\Device\HarddiskVolume3\Users\a.txt", @"\Device\HarddiskVolume3\Users\a.txt")]
    [InlineData(@"\Device\Mup\server\share\a", @"\\server\share\a")]
    [InlineData(@"", @"")]
    public void A_path_has_one_short_spelling(string path, string normal) => Assert.Equal(normal, WindowsPath.Normal(path));

    [Theory]
    [InlineData(@"C:\Users\x\.claude\settings.json", @"\\?\c:\USERS\X\.CLAUDE\settings.json")]
    [InlineData(@"C:\Users\x\.claude\settings.json", @"C:/Users/x/./.claude/settings.json::$DATA")]
    [InlineData(@"C:\Users\x\.claude\settings.json", @"C:\Users\x\.claude\settings.json. .")]
    [InlineData(@"C:\Users\x\.claude\settings.json", @"C:\Users\x\.claude::$INDEX_ALLOCATION\settings.json")]
    [InlineData(@"C:\Users\x\.claude\settings.json", @"C:\Users\x:$I30:$INDEX_ALLOCATION\.claude\settings.json")]
    [InlineData(@"C:\Users\x\.claude\settings.json", @"\\localhost\C$\Users\x\.claude\settings.json")]
    [InlineData(@"C:\Users\x\.claude\settings.json", @"\\?\UNC\127.0.0.1\c$\Users\x\.claude\settings.json")]
    [InlineData(@"\\wsl.localhost\Ubuntu\home\x\.ssh\id_rsa", @"\\wsl$\Ubuntu\home\x\.ssh\id_rsa")]
    [InlineData(@"C:\a:evil", @"c:\A:EVIL:$DATA")]
    public void Spellings_of_one_file_have_one_identity(string one, string other) => Assert.Equal(WindowsPath.Identity(one), WindowsPath.Identity(other));

    [Theory]
    [InlineData(@"C:\a", @"D:\a")]
    [InlineData(@"C:\a", @"C:a")]
    [InlineData(@"C:\a", @"\\?\C:\a.")]
    [InlineData(@"C:\a", @"C:\a:b")]
    [InlineData(@"C:\", @"\\.\C:")]
    [InlineData(@"\\server\c$\a", @"C:\a")]
    public void Different_files_have_different_identities(string one, string other) => Assert.False(WindowsPath.Same(one, other));

    [Theory]
    [InlineData(@"C:\a\b.txt", "b.txt", ".txt", @"C:\a")]
    [InlineData(@"C:\a\b.txt:s.exe", "b.txt", ".txt", @"C:\a")]
    [InlineData(@"C:\b.", "b", "", @"C:\")]
    [InlineData(@"C:\", "", "", @"C:\")]
    [InlineData(@"C:foo.exe", "foo.exe", ".exe", @"C:")]
    [InlineData(@"foo.exe", "foo.exe", ".exe", "")]
    [InlineData(@"\\server\share\a", "a", "", @"\\server\share\")]
    [InlineData(@"\\server\share", "", "", @"\\server\share")]
    [InlineData(@"\\.\pipe\x", "x", "", @"\\.\pipe")]
    [InlineData(@"\Device\HarddiskVolume3\Windows\System32\cmd.exe", "cmd.exe", ".exe", @"\Device\HarddiskVolume3\Windows\System32")]
    [InlineData(@"C:/Users/x/AppData/Roaming/npm/claude.cmd", "claude.cmd", ".cmd", @"C:\Users\x\AppData\Roaming\npm")]
    [InlineData(@"\\?\C:\a\b. ", "b. ", ". ", @"\\?\C:\a")]
    public void Name_extension_and_folder_are_what_Windows_says(string path, string name, string extension, string folder) =>
        Assert.Equal((name, extension, folder), (WindowsPath.FileName(path), WindowsPath.Extension(path), WindowsPath.Directory(path)));

    [Theory]
    [InlineData(@"C:\a", true)]
    [InlineData(@"c:/a", true)]
    [InlineData(@"C:", true)]
    [InlineData(@"\\server\share", true)]
    [InlineData(@"\??\C:\a", true)]
    [InlineData(@"\Device\HarddiskVolume1\a", true)]
    [InlineData(@"C:a", false)]
    [InlineData(@"/usr/bin/a\b", false)]
    [InlineData(@"a\b", false)]
    [InlineData(@"\a", false)]
    [InlineData(@"", false)]
    public void Only_an_absolute_path_of_Windows_is_taken_for_one(string path, bool isOne) => Assert.Equal(isOne, WindowsPath.IsOne(path));

    [Theory]
    [InlineData(@"C:\Windows\System32\CMD.EXE", "CMD.EXE")]
    [InlineData(@"/usr/bin/weird\name", @"weird\name")]
    [InlineData(@"claude", "claude")]
    public void The_name_of_a_program_is_the_last_part_of_either_systems_path(string path, string name) => Assert.Equal(name, PathName.Of(path));

    [Fact]
    public void Normal_and_identity_are_their_own_results() => Paths.Sample(
        path => WindowsPath.Normal(WindowsPath.Normal(path)) == WindowsPath.Normal(path)
            && WindowsPath.Identity(WindowsPath.Identity(path)) == WindowsPath.Identity(path)
            && WindowsPath.Identity(WindowsPath.Normal(path)) == WindowsPath.Identity(path), iter: 200_000);

    [Fact]
    public void No_text_makes_anything_throw() => Gen.OneOf(Paths, Gen.String).Sample(
        path =>
        {
            _ = (WindowsPath.FileName(path), WindowsPath.Directory(path), WindowsPath.Extension(path), WindowsPath.Same(path, path + "."), WindowsPath.IsOne(path));
            _ = (WindowsStreams.Split(path), WindowsStreams.IsAlternate(path), WindowsName.IsShort(path), WindowsName.IsReserved(path), PathName.Of(path));
            return WindowsName.Expand(path, _ => null, out _) == WindowsPath.Normal(path);
        }, iter: 200_000);

    [Fact]
    public void An_ordinary_path_is_the_same_file_behind_every_prefix_and_in_every_case() => Gen.Select(Ordinary, Gen.Bool).Sample((path, upper) =>
    {
        string other = upper ? path.ToUpperInvariant() : path.ToLowerInvariant();
        string identity = WindowsPath.Identity(path);
        return new[] { @"\\?\" + other, @"\??\" + other, @"\\.\" + other, "//./" + other.Replace('\\', '/'), other.Replace('\\', '/'), other + "::$data", @"\\localhost\" + other.Replace(":", "$", StringComparison.Ordinal) }
            .All(spelling => WindowsPath.Identity(spelling) == identity);
    });

    [Fact]
    public void Folder_and_name_make_the_path_again() => Paths.Sample(path =>
    {
        string file = WindowsStreams.Split(WindowsPath.Normal(path)).File, name = WindowsPath.FileName(path), folder = WindowsPath.Directory(path);
        // A root has no name; a verbatim one, taken as it stands, may have more separators behind it: «\\?\\\».
        return name.Length == 0
            ? folder.TrimEnd('\\') == file.TrimEnd('\\')
            : folder + name == file.TrimEnd('\\') || folder + '\\' + name == file.TrimEnd('\\');
    }, iter: 200_000);

    // Pieces that mean something to Windows, in any order.
    private static readonly string[] Pieces =
    [
        "C:", "c", ":", @"\", @"\", "/", @"\\", @"\\?\", @"\??\", @"\\.\", "UNC", @"unc\", "GLOBALROOT", @"\Device\", "Device", "Mup", ".", "..", "...", " ", "a", "B.txt", "x.", "y ",
        "::$DATA", ":$I30:$INDEX_ALLOCATION", "::$INDEX_ALLOCATION", ":s", "NUL", "PROGRA~1", "localhost", @"\\localhost\c$", "$", "wsl$", "é", "ſ", "ı", "\0", "?",
    ];

    private static readonly Gen<string> Paths = Gen.Int[0, Pieces.Length - 1].Array[0, 8].Select(picks => string.Concat(picks.Select(i => Pieces[i])));

    private static readonly Gen<string> Ordinary = Gen.Select(
        Gen.Char['A', 'Z'], Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['A', 'Z'], Gen.Char['0', '9'], Gen.Char["-_. é~"]), 1, 8]
            .Select(n => $"n{n.TrimEnd('.', ' ')}").Array[1, 4], (drive, names) => $"{drive}:\\{string.Join('\\', names)}");
}
