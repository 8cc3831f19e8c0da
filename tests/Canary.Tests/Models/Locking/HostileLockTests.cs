using System.Text;
using Canary.Models.Locking;
using Canary.Tests.Support;
using Canary.Yaml;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Locking;

public sealed class HostileLockTests
{
    private static readonly string Good = Encoding.UTF8.GetString(Locked.Of(Locked.File("a.gguf", Locked.Bytes(Locked.MiB + 1), Locked.Tensor("t", 8, 64)), Locked.File("b.gguf", [1])).Bytes());

    [Fact]
    public void The_lock_that_these_tests_damage_is_sound() => Assert.Equal("", Locked.Read(Good).Faults);

    [Theory]
    [InlineData("../a.gguf", "'.' or '..'")]
    [InlineData("x/../../a.gguf", "'.' or '..'")]
    [InlineData("./a.gguf", "'.' or '..'")]
    [InlineData("/etc/passwd", "is absolute")]
    [InlineData("x//a", "has an empty part")]
    [InlineData("x/", "has an empty part")]
    [InlineData("C:a", "a drive")]
    [InlineData("x\\\\a", "a backslash")]
    [InlineData("x\\u0000a", "control character")]
    [InlineData("x\\u001ba", "control character")]
    [InlineData("", "is empty")]
    public void A_path_that_could_leave_the_directory_is_refused(string path, string why) =>
        Assert.Contains(why, Fault("\"path\": \"a.gguf\"", $"\"path\": \"{path}\""), StringComparison.Ordinal);

    [Fact]
    public void Half_a_surrogate_is_no_text() => Assert.Contains("'path' is no text", Fault("\"path\": \"a.gguf\"", "\"path\": \"a\\ud800\""), StringComparison.Ordinal);

    [Fact]
    public void Two_entries_of_one_path_are_refused() => Assert.Contains("names 'b.gguf', as files[0]", Fault("\"a.gguf\"", "\"b.gguf\""), StringComparison.Ordinal);

    [Fact]
    public void A_key_that_stands_twice_is_refused() => Assert.Contains("no lock in JSON", Fault("\"format\": \"gguf\"", "\"format\": \"gguf\", \"format\": \"onnx\""), StringComparison.Ordinal);

    [Fact]
    public void A_newer_version_is_refused_with_words() => Assert.Contains("is of version 2; this Canary reads version 1", Fault("\"version\": 1", "\"version\": 2"), StringComparison.Ordinal);

    [Fact]
    public void A_table_that_does_not_fit_the_size_is_refused() => Assert.Contains("the chunk table has 64 bytes; 4194304 bytes of model need 128", Fault("\"size\": 1048577", "\"size\": 4194304"), StringComparison.Ordinal);

    [Fact]
    public void A_table_that_is_not_that_of_the_digest_is_refused()
    {
        int at = Good.IndexOf("\"table\": \"", StringComparison.Ordinal) + 10;
        string other = Good[..at] + (Good[at] == 'A' ? 'B' : 'A') + Good[(at + 1)..];
        Assert.Contains("files[0] (a.gguf): the chunk table is not that of 'blake3'", Locked.Read(other).Faults, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"offset\":8", "\"offset\":1048570", "ends behind the end of the file")]
    [InlineData("\"offset\":8", "\"offset\":9223372036854775807", "'offset' is no size")]
    [InlineData("\"size\": 1048577", "\"size\": -1", "'size' is no size")]
    [InlineData("\"size\": 1048577", "\"size\": 1e300", "'size' is no size")]
    [InlineData("\"basis\": \"first-seen\"", "\"basis\": \"lock\"", "unknown 'basis'")]
    [InlineData("\"verdict\": \"allow\"", "\"verdict\": \"fine\"", "unknown 'verdict'")]
    [InlineData("\"format\"", "\"fromat\"", "did you mean 'format'")]
    [InlineData("\"size\": 1048576", "\"size\": 65536", "chunks of 65536 bytes")]
    [InlineData("\"created\"", "\"creatde\"", "'created' is no text")]
    [InlineData("\"base\": \".\"", "\"base\": \"\"", "'base' is no path")]
    public void What_is_wrong_is_said(string good, string bad, string why) => Assert.Contains(why, Fault(good, bad), StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_told_at_once()
    {
        string faults = Locked.Read(Good.Replace("\"verdict\": \"allow\"", "\"verdict\": \"fine\"", StringComparison.Ordinal).Replace("\"b.gguf\"", "\"../b\"", StringComparison.Ordinal)).Faults;
        Assert.Contains("files[0] (a.gguf): unknown 'verdict'", faults, StringComparison.Ordinal);
        Assert.Contains("files[1]: 'path'", faults, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":1,\"created\":\"2026-01-01T00:00:00Z\",\"base\":\".\",\"files\":{}}")]
    [InlineData("{\"version\":1,\"created\":\"2026-01-01T00:00:00Z\",\"base\":\".\",\"files\":[3]}")]
    public void What_is_no_lock_is_refused(string text)
    {
        var (read, faults) = Locked.Read(text);
        Assert.Null(read);
        Assert.NotEqual("", faults);
    }

    [Fact]
    public void Ten_thousand_lists_in_each_other_are_refused()
    {
        string deep = Good.Replace("\"format\": \"gguf\"", $"\"format\": {new string('[', 10_000)}{new string(']', 10_000)}", StringComparison.Ordinal);
        Assert.Contains("depth", Locked.Read(deep).Faults, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_that_is_no_file_is_refused_and_not_waited_for()
    {
        using var home = new TemporaryDirectory();
        var faults = new Diagnostics();
        Assert.Null(LockStore.Read(home.Path, faults));
        Assert.Null(LockStore.Read(home.At("none"), faults));
        Assert.Equal(2, faults.Count);
    }

    [Fact]
    public void Whatever_is_done_to_a_lock_its_reader_says_what_it_thinks_and_throws_nothing()
    {
        byte[] good = Encoding.UTF8.GetBytes(Good);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            byte[] bad = [.. good.AsSpan(0, Math.Max(at + 1, length))];
            bad[at] = value;
            var (read, faults) = Locked.Read(bad);
            // A changed byte that is read is one of a name or a date, and never one that leads a file elsewhere.
            return read is null ? faults.Length > 0 : read.Files.All(f => LockPath.Fault(f.Path) is null);
        });
    }

    private static string Fault(string good, string bad)
    {
        int at = Good.IndexOf(good, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{good} is not in the lock");
        var (read, faults) = Locked.Read(Good[..at] + bad + Good[(at + good.Length)..]);
        Assert.Null(read);
        return faults;
    }
}
