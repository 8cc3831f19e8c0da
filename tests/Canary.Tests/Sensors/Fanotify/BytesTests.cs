using System.Text;
using System.Text.RegularExpressions;
using Canary.Sensors.Fanotify;
using CsCheck;
using Xunit;

namespace Canary.Tests.Sensors.Fanotify;

public sealed class BytesTests
{
    [Fact]
    public void A_star_stands_for_any_bytes_and_everything_else_for_itself() =>
        Gen.Select(Gen.Int[0, 3].Array[0, 8], Gen.Int[0, 2].Array[0, 10]).Sample((p, n) =>
        {
            string pattern = string.Concat(p.Select(i => "ab.*"[i])), name = string.Concat(n.Select(i => "ab."[i]));
            bool expected = Regex.IsMatch(name, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "\\z");
            return Bytes.Matches(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(name)) == expected;
        });

    [Theory]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/a", "/a", true)]
    [InlineData("/ab", "/a", false)]
    [InlineData("/a", "/", true)]
    public void A_path_is_under_a_directory_by_whole_components(string path, string directory, bool under) =>
        Assert.Equal(under, Bytes.IsUnder(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(directory)));

    [Fact]
    public void A_path_too_long_shows_that_its_beginning_is_missing()
    {
        Place? place = null;
        for (int i = 0; i < 40; i++)
            place = new Place([]) { Parent = place, Name = Encoding.UTF8.GetBytes(i == 0 ? "/root" : new string('x', 200)) };
        bool lossy = false;
        string path = place!.PathOf("etc"u8, ref lossy);
        Assert.True(lossy);
        Assert.StartsWith("/…/x", path, StringComparison.Ordinal);
        Assert.EndsWith("/etc", path, StringComparison.Ordinal);
    }
}
