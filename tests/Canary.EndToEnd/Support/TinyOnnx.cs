using System.Text;

namespace Canary.EndToEnd.Support;

/// <summary>
/// A model of ONNX that its runtime loads: y = x · weight + bias, with a weight of 4 MiB. Written as protobuf by hand; the numbers are those of
/// onnx.proto3.
/// </summary>
internal static class TinyOnnx
{
    /// <summary>The name of the large initializer.</summary>
    public const string Weight = "dense.weight";

    public const string External = "weights.bin";

    private const int Rows = 256;
    private const int Columns = 4096;
    private const int Float = 1;

    /// <summary>One file with everything in it.</summary>
    public static byte[] Whole() => Model(new Message().Text(8, Weight).Bytes(9, Values()));

    /// <summary>A graph, and its weight in a file beside it.</summary>
    public static (byte[] Model, byte[] Weights) Split() => (
        Model(new Message().Text(8, Weight).Entry(13, "location", External).Entry(13, "offset", "0").Entry(13, "length", $"{Values().Length}").Number(14, 1)),
        Values());

    private static byte[] Values()
    {
        var values = new byte[Rows * Columns * sizeof(float)];
        Weights.Fill(values, 1);
        return values;
    }

    private static byte[] Model(Message weight) => new Message()
        .Number(1, 8)
        .Text(2, "canary-tests")
        .Nested(7, new Message()
            .Nested(1, Node("MatMul", ["x", Weight], "product"))
            .Nested(1, Node("Add", ["product", "dense.bias"], "y"))
            .Text(2, "tiny")
            .Nested(5, new Message().Number(1, Rows).Number(1, Columns).Number(2, Float).Append(weight))
            .Nested(5, new Message().Number(1, Columns).Number(2, Float).Text(8, "dense.bias").Bytes(9, new byte[Columns * sizeof(float)]))
            .Nested(11, Value("x", 1, Rows))
            .Nested(12, Value("y", 1, Columns)))
        .Nested(8, new Message().Text(1, "").Number(2, 13))
        .Done();

    private static Message Node(string operation, string[] inputs, string output)
    {
        var node = new Message();
        foreach (var input in inputs)
            node.Text(1, input);
        return node.Text(2, output).Text(3, operation.ToLowerInvariant()).Text(4, operation);
    }

    private static Message Value(string name, params int[] shape)
    {
        var dimensions = new Message();
        foreach (var extent in shape)
            dimensions.Nested(1, new Message().Number(1, extent));
        return new Message().Text(1, name).Nested(2, new Message().Nested(1, new Message().Number(1, Float).Nested(2, dimensions)));
    }

    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public byte[] Done() => [.. _bytes];

        public Message Number(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Bytes(int field, byte[] value)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)value.Length);
            _bytes.AddRange(value);
            return this;
        }

        public Message Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public Message Nested(int field, Message value) => Bytes(field, value.Done());

        public Message Entry(int field, string key, string value) => Nested(field, new Message().Text(1, key).Text(2, value));

        public Message Append(Message other)
        {
            _bytes.AddRange(other._bytes);
            return this;
        }

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                _bytes.Add((byte)(value | 0x80));
            _bytes.Add((byte)value);
        }
    }
}
