using System.Buffers.Binary;
using System.Text;

namespace Canary.Tests.Models.Support;

/// <summary>Writes safetensors files: sound ones from tensors, any other from a header in words.</summary>
internal static class SafeTensorsBuilder
{
    /// <param name="data">So many bytes of numbers follow the header.</param>
    /// <param name="length">What the file says that its header has.</param>
    public static byte[] Raw(string header, int data, ulong? length = null) => Raw(Encoding.UTF8.GetBytes(header), data, length);

    public static byte[] Raw(byte[] header, int data, ulong? length = null)
    {
        byte[] file = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length ?? (ulong)header.Length);
        header.CopyTo(file, 8);
        file.AsSpan(8 + header.Length).Fill(0x11);
        return file;
    }

    /// <summary>Tensors one behind the other, padded with spaces as the reference does.</summary>
    public static byte[] Of(params (string Name, string Type, long[] Shape, int Bytes)[] tensors)
    {
        var entries = new List<string> { "\"__metadata__\":{\"format\":\"pt\"}" };
        int at = 0;
        foreach (var (name, type, shape, bytes) in tensors)
        {
            entries.Add($"\"{name}\":{Entry(type, string.Join(',', shape), at, at + bytes)}");
            at += bytes;
        }

        string header = "{" + string.Join(',', entries) + "}";
        return Raw(header.PadRight((header.Length + 7) / 8 * 8), at);
    }

    public static string Entry(string type, string shape, long begin, long end) => $$"""{"dtype":"{{type}}","shape":[{{shape}}],"data_offsets":[{{begin}},{{end}}]}""";
}
