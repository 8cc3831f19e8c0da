using Canary.Models;
using Canary.Tests.Models.Containers;
using Xunit;

namespace Canary.Tests.Models.Formats;

public sealed class ZipFormatTests
{
    private static readonly byte[] Words = "3\n"u8.ToArray();

    [Fact]
    public void A_PyTorch_archive_names_its_storages_with_their_place()
    {
        byte[] numbers = new byte[64];
        byte[] zip = new ZipWriter().Add("m/data.pkl", Words).Add("m/data/0", numbers).Add("m/version", Words).Close();
        var facts = Inspecting.File("m.pt", zip);
        Assert.Equal("pytorch", facts.Format);
        var tensor = Assert.Single(facts.Tensors);
        Assert.Equal(("m/data/0", 64L), (tensor.Name, tensor.Length));
        Assert.Equal((byte)'m', zip[tensor.Offset - "m/data/0".Length]);
    }

    [Theory]
    [InlineData("\u0080\u0002}q\0.")]
    [InlineData("{\"class_name\": 1}")]
    public void The_numbers_of_a_tensor_may_be_any_bytes(string numbers)
    {
        byte[] bytes = [.. numbers.Select(c => (byte)c), 0xff, 0, 0xfe];
        var facts = Inspecting.File("m.pt", new ZipWriter().Add("m/data.pkl", Words).Add("m/data/0", bytes).Close());
        Assert.DoesNotContain(facts.Anomalies, a => a.Place.Contains("data/0"));
    }

    [Fact]
    public void A_program_in_place_of_a_tensor_is_denied()
    {
        var facts = Inspecting.File("m.pt", new ZipWriter().Add("m/data.pkl", Words).Add("m/data/0", Elf()).Close());
        Assert.Contains(facts.Anomalies, a => a is { Code: "archive-native-code", Verdict: ModelVerdict.Deny, Place: "m/data/0" });
    }

    [Theory]
    [InlineData("MZ")]
    [InlineData("\u007fELF")]
    public void Numbers_that_begin_like_a_program_are_no_program(string mark)
    {
        byte[] bytes = new byte[256];
        mark.Select(c => (byte)c).ToArray().CopyTo(bytes, 0);
        var facts = Inspecting.File("m.pt", new ZipWriter().Add("m/data.pkl", Words).Add("m/data/0", bytes).Close());
        Assert.DoesNotContain("archive-native-code", facts.Codes());
    }

    [Fact]
    public void The_code_of_a_script_is_listed_and_unknown()
    {
        var facts = Inspecting.File("m.pt", new ZipWriter().Add("m/data.pkl", Words).Add("m/constants.pkl", Words).Add("m/code/__torch__/a.py", Words).Close());
        Assert.Equal("torchscript", facts.Format);
        Assert.Contains(facts.Anomalies, a => a is { Code: "torchscript-code", Verdict: ModelVerdict.Unknown, Place: "m/code/__torch__/a.py" });
    }

    [Theory]
    [InlineData("handler.py")]
    [InlineData("lib/native.SO")]
    public void Code_that_a_server_runs_is_unknown(string name) =>
        Assert.Contains("archive-code", Inspecting.File("m.mar", new ZipWriter().Add("MAR-INF/MANIFEST.json", Words).Add(name, Words).Close()).Codes());

    [Fact]
    public void Text_that_nobody_runs_is_allowed_and_bytes_that_nobody_knows_are_not()
    {
        Assert.Equal(ModelVerdict.Allow, Inspecting.File("x.zip", new ZipWriter().Add("README.txt", Words).Close()).Verdict);
        var facts = Inspecting.File("x.zip", new ZipWriter().Add("README.txt", [1, 2, 0, 0xff]).Close());
        Assert.Equal(["archive-unknown-member"], facts.Codes());
        Assert.Equal(ModelVerdict.Unknown, facts.Verdict);
    }

    [Theory]
    [InlineData("npz", "a.npy", "b.npy")]
    [InlineData("keras", "config.json", "metadata.json", "model.weights.h5")]
    [InlineData("zip", "a.npy", "b.txt")]
    [InlineData("pytorch", "x/version", "x/data.pkl", "x/data/0")]
    [InlineData("zip", "x/y/data.pkl")]
    public void The_layout_is_told_by_the_members(string format, params string[] names)
    {
        var zip = new ZipWriter();
        foreach (string name in names)
            zip.Add(name, Words);
        Assert.Equal(format, Inspecting.File("x", zip.Close()).Format);
    }

    [Fact]
    public void An_archive_in_another_leaves_the_outer_one_its_name()
    {
        var inner = new ZipWriter().Add("m/data.pkl", Words).Add("m/data/0", Elf()).Close();
        var facts = Inspecting.File("x.zip", new ZipWriter().Add("m.pt", inner).Close());
        Assert.Equal("zip", facts.Format);
        Assert.Equal("m.pt: m/data/0", Assert.Single(facts.Anomalies, a => a.Code == "archive-native-code").Place);
        Assert.Empty(facts.Tensors);
    }

    internal static byte[] Elf()
    {
        byte[] elf = new byte[128];
        "\u007fELF\x02\x01\x01"u8.CopyTo(elf);
        return elf;
    }
}
