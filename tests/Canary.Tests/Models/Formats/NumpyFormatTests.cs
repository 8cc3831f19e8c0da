using System.Buffers.Binary;
using System.Text;
using Canary.Models;
using Canary.Models.Formats;
using Canary.Tests.Models.Pickles;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Formats;

public sealed class NumpyFormatTests
{
    [Fact]
    public void An_array_of_numbers_is_understood_whole()
    {
        var facts = PickleCorpus.InspectBytes("w.npy", Array("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", new byte[24]));
        Assert.Equal(ModelVerdict.Allow, facts.Verdict);
        Assert.Null(facts.LoadsUnderWeightsOnly);
        var tensor = Assert.Single(facts.Tensors);
        Assert.Equal(("w.npy", "<f4", 24L), (tensor.Name, tensor.Type, tensor.Length));
        Assert.Equal([2L, 3L], tensor.Shape);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 12, null)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4, null)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 11, "npy-truncated")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 13, "npy-trailing-bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3), }", 12, "npy-header")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 12, "npy-header")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,), }", 12, "npy-header")]
    [InlineData("{'descr': '<q4x', 'fortran_order': False, 'shape': (3,), }", 12, "npy-header")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}", 12, "npy-header")]
    [InlineData("{'descr': __import__('os'), 'fortran_order': False, 'shape': (3,), }", 12, "npy-header")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 12, "npy-truncated")]
    [InlineData("{'descr': [('a', '<i4'), ('b', '<f8', (2,))], 'fortran_order': False, 'shape': (2,), }", 40, null)]
    [InlineData("{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }", 24, null)]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 0, "pickle-truncated")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 0, "npy-header")]
    public void The_header_is_a_literal_and_counts_the_bytes(string header, int bytes, string? code) =>
        Assert.Equal(code, PickleCorpus.InspectBytes("w.npy", Array(header, new byte[bytes])).Anomalies.SingleOrDefault()?.Code);

    [Fact]
    public void Objects_are_a_pickle_that_is_inspected()
    {
        byte[] pickle = [0x80, 2, .. "cos\nsystem\nX\x04\0\0\0word"u8, 0x85, (byte)'R', (byte)'.'];
        var facts = PickleCorpus.InspectBytes("w.npy", Array("{'descr': [('a', '<i4'), ('b', '|O')], 'fortran_order': False, 'shape': (1,), }", pickle));
        Assert.Equal(ModelVerdict.Deny, facts.Verdict);
        Assert.Equal("os.system", Assert.Single(facts.Imports).Qualified);
        Assert.False(facts.LoadsUnderWeightsOnly);
    }

    [Theory]
    [InlineData("{'a': 1, 'b': (1, 2,), 'c': [True, None], \"d\": 'it\\'s'}", true)]
    [InlineData("(1,)", true)]
    [InlineData("{'a' 1}", false)]
    [InlineData("{'a': 1} x", false)]
    [InlineData("{1: 'a'}", false)]
    [InlineData("f()", false)]
    [InlineData("'open", false)]
    [InlineData("[1, 2", false)]
    [InlineData("99999999999999999999999", false)]
    public void Python_s_literals_are_read_and_nothing_else(string text, bool read) => Assert.Equal(read, PythonLiteral.Read(text) is not null);

    [Fact]
    public void Random_headers_never_throw() =>
        Gen.Char["{}()[],:'\"\\descrshapTFN01 <f4|O-"].Array[0, 60].Sample(text => { PythonLiteral.Read(new string(text)); }, iter: 20_000);

    private static byte[] Array(string header, byte[] data)
    {
        byte[] text = Encoding.ASCII.GetBytes(header + "\n");
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. text, .. data];
    }
}
