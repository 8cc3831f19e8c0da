using Canary.Models;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Formats;

public sealed class OnnxTests
{
    private const int Graph = 7, Opset = 8, Training = 20, Function = 25;

    /// <summary>A model with 24 bytes of numbers in a file beside it.</summary>
    internal static byte[] WithNumbersIn(string part) => Model(External(("location", part), ("offset", "0"), ("length", "24"))).Bytes;

    [Fact]
    public void A_plain_model_is_allowed_and_its_tensors_have_their_place()
    {
        byte[] bytes = Model(Node("Add"), Initializer("w", [2, 3], raw: new byte[24])).Bytes;
        var facts = Inspecting.File("m.bin", bytes);
        Assert.Equal("onnx", facts.Format);
        Assert.Equal("", facts.Said());
        var tensor = Assert.Single(facts.Tensors);
        Assert.Equal(("w", "float", 24L), (tensor.Name, tensor.Type, tensor.Length));
        Assert.Equal([2, 3], tensor.Shape);
        Assert.Equal(9, bytes[tensor.Offset - 2] >> 3);
    }

    [Fact]
    public void A_tensor_in_another_file_is_checked_against_that_file()
    {
        var facts = Inspecting.File("m.onnx", Model(External(("location", "w.bin"), ("offset", "8"), ("length", "24"))).Bytes, ("w.bin", new byte[32]));
        Assert.Equal("", facts.Said());
        Assert.Equal(["w.bin"], facts.ExternalFiles);
    }

    [Fact]
    public void External_data_that_is_not_there_is_unknown() =>
        Has("onnx-external-missing", ModelVerdict.Unknown, Model(External(("location", "w.bin"))));

    [Theory]
    [InlineData("9", "24")]
    [InlineData("33", "0")]
    [InlineData("0", "9223372036854775807")]
    [InlineData("9223372036854775807", "24")]
    public void External_data_past_the_end_of_its_file_is_denied(string offset, string length) =>
        Has("onnx-external-range", ModelVerdict.Deny, Model(External(("location", "w.bin"), ("offset", offset), ("length", length))), ("w.bin", new byte[32]));

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secret")]
    [InlineData("a/../../x")]
    [InlineData("..\\x")]
    [InlineData("C:\\x")]
    [InlineData("")]
    public void External_data_outside_of_the_folder_is_denied(string path)
    {
        var facts = Has("onnx-external-path", ModelVerdict.Deny, Model(External(("location", path))));
        Assert.Equal([path], facts.ExternalFiles);
    }

    [Theory]
    [InlineData("./w.bin")]
    [InlineData("a//w.bin")]
    public void A_path_with_detours_is_not_passed_over(string path) =>
        Has("onnx-external-path", ModelVerdict.Unknown, Model(External(("location", path), ("length", "24"))), (path, new byte[24]));

    [Fact]
    public void An_address_in_memory_is_denied() => Has("onnx-external-memory", ModelVerdict.Deny, Model(External(("location", "*/_ORT_MEM_ADDR_/*"), ("offset", "4096"))));

    [Theory]
    [InlineData("__class__")]
    [InlineData("info")]
    public void A_key_that_the_format_does_not_know_is_denied(string key) =>
        Has("onnx-external-key", ModelVerdict.Deny, Model(External(("location", "w.bin"), (key, "x"))), ("w.bin", new byte[24]));

    [Theory]
    [InlineData("-1")]
    [InlineData("0x10")]
    [InlineData("99999999999999999999")]
    public void An_offset_that_is_no_number_is_denied(string offset) =>
        Has("onnx-external-broken", ModelVerdict.Deny, Model(External(("location", "w.bin"), ("offset", offset))), ("w.bin", new byte[24]));

    [Fact]
    public void An_external_tensor_without_location_is_denied() => Has("onnx-external-broken", ModelVerdict.Deny, Model(External(("length", "24"))));

    [Fact]
    public void External_data_that_is_smaller_than_the_shape_is_denied() =>
        Has("onnx-tensor-size", ModelVerdict.Deny, Model(External(("location", "w.bin"), ("length", "20"))), ("w.bin", new byte[32]));

    [Theory]
    [InlineData(23)]
    [InlineData(25)]
    public void A_tensor_whose_shape_takes_other_bytes_is_denied(int there) =>
        Has("onnx-tensor-size", ModelVerdict.Deny, Model(Initializer("w", [2, 3], raw: new byte[there])));

    [Theory]
    [InlineData(-1L, 3L)]
    [InlineData(1L << 40, 1L << 40)]
    public void A_shape_that_no_tensor_has_is_denied(long first, long second) =>
        Has("onnx-tensor-shape", ModelVerdict.Deny, Model(Initializer("w", [first, second], raw: new byte[24])));

    [Fact]
    public void A_shape_that_is_written_packed_is_read_too()
    {
        var tensor = new ProtoWriter().Raw(1, [2, 3]).Number(2, 1).Text(8, "w").Raw(9, new byte[20]);
        Has("onnx-tensor-size", ModelVerdict.Deny, Model(new ProtoWriter().Message(5, tensor)));
    }

    [Fact]
    public void Four_bits_make_half_a_byte()
    {
        var tensor = new ProtoWriter().Number(1, 3).Number(2, 22).Text(8, "w").Raw(9, new byte[2]);
        Assert.Equal("", Inspecting.File("m.onnx", Model(new ProtoWriter().Message(5, tensor)).Bytes).Said());
    }

    public static TheoryData<string> Places => ["initializer", "attribute", "attribute list", "sparse", "sparse attribute", "subgraph", "subgraph list", "function", "training"];

    [Theory]
    [MemberData(nameof(Places))]
    public void External_data_is_found_wherever_a_tensor_may_be(string place)
    {
        var tensor = Tensor(("location", "/etc/shadow"));
        ProtoWriter Attribute(int field, ProtoWriter value) => new ProtoWriter().Message(1, new ProtoWriter().Text(4, "If").Message(5, new ProtoWriter().Text(1, "a").Message(field, value)));
        var model = place switch
        {
            "initializer" => Model(new ProtoWriter().Message(5, tensor)),
            "attribute" => Model(Attribute(5, tensor)),
            "attribute list" => Model(Attribute(10, tensor)),
            "sparse" => Model(new ProtoWriter().Message(15, new ProtoWriter().Message(2, tensor))),
            "sparse attribute" => Model(Attribute(22, new ProtoWriter().Message(1, tensor))),
            "subgraph" => Model(Attribute(6, Attribute(6, new ProtoWriter().Message(5, tensor)))),
            "subgraph list" => Model(Attribute(11, new ProtoWriter().Message(5, tensor))),
            "function" => Model(Node("Add")).Message(Function, new ProtoWriter().Text(1, "f").Raw(7, Attribute(5, tensor).Bytes[2..])),
            _ => Model(Node("Add")).Message(Training, new ProtoWriter().Message(2, new ProtoWriter().Message(5, tensor))),
        };
        Has("onnx-external-path", ModelVerdict.Deny, model);
    }

    [Theory]
    [InlineData("com.acme", "Run", ModelVerdict.Unknown)]
    [InlineData("ai.onnx.contrib", "PyOp", ModelVerdict.Unknown)]
    [InlineData("com.microsoft.extensions", "Tokenizer", ModelVerdict.Unknown)]
    [InlineData("com.microsoft", "EPContext", ModelVerdict.Unknown)]
    [InlineData("com.microsoft", "PythonOp", ModelVerdict.Deny)]
    public void An_operator_that_is_not_the_runtime_s_own_is_listed(string domain, string name, ModelVerdict verdict)
    {
        var facts = Has("onnx-custom-operator", verdict, Model(Node(name, domain)));
        Assert.Equal([$"{domain}::{name}"], facts.Operators);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ai.onnx")]
    [InlineData("ai.onnx.ml")]
    [InlineData("com.microsoft")]
    public void An_operator_of_the_runtime_is_not_listed(string domain)
    {
        var facts = Inspecting.File("m.onnx", Model(Node("Add", domain)).Message(Opset, new ProtoWriter().Text(1, domain).Number(2, 17)).Bytes);
        Assert.Equal("", facts.Said());
        Assert.Empty(facts.Operators);
    }

    [Fact]
    public void An_operator_that_the_model_defines_needs_no_native_code()
    {
        var function = new ProtoWriter().Text(1, "aten_add").Message(7, new ProtoWriter().Text(4, "Add")).Text(10, "pkg.onnxscript.torch_lib");
        var facts = Inspecting.File("m.onnx", Model(Node("aten_add", "pkg.onnxscript.torch_lib")).Message(Opset, new ProtoWriter().Text(1, "pkg.onnxscript.torch_lib")).Message(Function, function).Bytes);
        Assert.Equal("", facts.Said());
    }

    [Fact]
    public void A_function_in_the_place_of_a_standard_operator_is_not_passed_over() =>
        Has("onnx-function-shadows", ModelVerdict.Unknown, Model(Node("Add")).Message(Function, new ProtoWriter().Text(1, "Add")));

    [Fact]
    public void A_domain_that_is_asked_for_and_not_used_is_listed_and_allowed()
    {
        var facts = Has("onnx-custom-domain", ModelVerdict.Allow, Model(Node("Add")).Message(Opset, new ProtoWriter().Text(1, "org.pytorch.aten")));
        Assert.Equal(["org.pytorch.aten::*"], facts.Operators);
        Assert.Equal(ModelVerdict.Allow, facts.Verdict);
    }

    [Fact]
    public void A_custom_operator_deep_within_graphs_is_found_and_endless_depth_is_denied()
    {
        ProtoWriter Nested(int depth)
        {
            var graph = Node("Run", "com.acme");
            for (int i = 0; i < depth; i++)
                graph = new ProtoWriter().Message(1, new ProtoWriter().Text(4, "If").Message(5, new ProtoWriter().Message(6, graph)));
            return Model(graph);
        }

        Has("onnx-custom-operator", ModelVerdict.Unknown, Nested(30));
        Has("onnx-too-deep", ModelVerdict.Deny, Nested(300));
    }

    [Fact]
    public void Options_for_the_runtime_are_not_passed_over() =>
        Has("onnx-runtime-config", ModelVerdict.Unknown, Model(Node("Add")).Message(14, new ProtoWriter().Text(1, "ort_config").Text(2, "{}")));

    [Fact]
    public void A_field_that_the_format_does_not_know_is_not_passed_over() => Has("onnx-unknown-field", ModelVerdict.Unknown, Model(Node("Add")).Text(999, "x"));

    [Fact]
    public void A_model_that_is_cut_off_is_denied()
    {
        byte[] bytes = Model(Node("Add"), Initializer("w", [2, 3], raw: new byte[24])).Bytes;
        Assert.Contains("onnx-broken", Inspecting.File("m.onnx", bytes[..^3]).Codes());
        Assert.Contains("onnx-broken", Inspecting.File("m.onnx", [.. bytes, 0]).Codes());
    }

    [Theory]
    [InlineData("m.onnx")]
    [InlineData("m.bin")]
    public void The_fields_may_come_in_any_order(string name) =>
        Assert.Equal("onnx", Inspecting.File(name, new ProtoWriter().Message(Graph, Node("Add")).Number(1, 8).Bytes).Format);

    [Fact]
    public void Other_protobuf_is_not_taken_for_a_model() =>
        Assert.NotEqual("onnx", Inspecting.File("x.pb", new ProtoWriter().Number(1, 1).Text(2, "x").Text(7, "no graph").Bytes).Format);

    [Fact]
    public void The_numbers_of_a_large_model_are_not_read()
    {
        const long size = 3L << 30;
        byte[] tensor = [.. new ProtoWriter().Number(1, size).Number(2, 2).Text(8, "w").Bytes, 9 << 3 | 2, .. Varint(size)];
        byte[] graph = [5 << 3 | 2, .. Varint(tensor.Length + size), .. tensor];
        byte[] head = [8, 8, 7 << 3 | 2, .. Varint(graph.Length + size), .. graph];
        var bytes = new ZeroesAfter(head, size);
        var facts = ModelFormats.Inspect(bytes, Inspecting.Inspection());
        Assert.Equal("", facts.Said());
        Assert.Equal((head.Length, size), (Assert.Single(facts.Tensors).Offset, facts.Tensors[0].Length));
        Assert.InRange(bytes.BytesRead, 1, 2 * 1024 * 1024);

        static byte[] Varint(long value) => new ProtoWriter().Number(1, value).Bytes[1..];
    }

    [Fact]
    public void No_damage_makes_the_reader_throw_or_lets_it_go_on_for_long()
    {
        byte[] bytes = Model(Node("Run", "com.acme"), Initializer("w", [2, 3], raw: new byte[24]), External(("location", "w.bin"))).Message(Function, new ProtoWriter().Text(1, "f")).Bytes;
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Array[1, 6].Sample(changes =>
        {
            byte[] changed = [.. bytes];
            foreach (var (at, value) in changes)
                changed[at] = value;
            return Inspecting.File("m.onnx", changed).Anomalies.Count < 100;
        }, iter: 20_000);
        Gen.Byte.Array[0, 300].Sample(noise => Inspecting.File("m.onnx", noise).Format.Length > 0, iter: 20_000);
    }

    internal static ProtoWriter Model(params ProtoWriter[] graph) =>
        new ProtoWriter().Number(1, 8).Text(2, "test").Raw(Graph, [.. graph.SelectMany(g => g.Bytes)]);

    internal static ProtoWriter Node(string name, string domain = "") => new ProtoWriter().Message(1, new ProtoWriter().Text(4, name).Text(7, domain));

    internal static ProtoWriter Initializer(string name, long[] shape, byte[] raw)
    {
        var tensor = new ProtoWriter();
        foreach (long dimension in shape)
            tensor.Number(1, dimension);
        return new ProtoWriter().Message(5, tensor.Number(2, 1).Text(8, name).Raw(9, raw));
    }

    private static ProtoWriter External(params (string Key, string Value)[] entries) => new ProtoWriter().Message(5, Tensor(entries));

    private static ProtoWriter Tensor(params (string Key, string Value)[] entries)
    {
        var tensor = new ProtoWriter().Number(1, 2).Number(1, 3).Number(2, 1).Text(8, "e");
        foreach (var (key, value) in entries)
            tensor.Message(13, new ProtoWriter().Text(1, key).Text(2, value));
        return tensor.Number(14, 1);
    }

    private static ModelFacts Has(string code, ModelVerdict verdict, ProtoWriter model, params (string, byte[])[] siblings)
    {
        var facts = Inspecting.File("m.onnx", model.Bytes, siblings);
        Assert.Contains(facts.Anomalies, a => a.Code == code && a.Verdict == verdict);
        return facts;
    }

    private sealed class ZeroesAfter(byte[] head, long zeroes) : ModelBytes
    {
        public long BytesRead { get; private set; }

        public override string Name => "m.bin";

        public override long Length => head.Length + zeroes;

        public override int ReadAt(long offset, Span<byte> buffer)
        {
            int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
            buffer[..count].Clear();
            if (offset < head.Length)
                head.AsSpan((int)offset, (int)Math.Min(count, head.Length - offset)).CopyTo(buffer);
            BytesRead += count;
            return count;
        }
    }
}
