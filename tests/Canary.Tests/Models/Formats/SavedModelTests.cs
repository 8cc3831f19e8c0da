using Canary.Models;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Formats;

public sealed class SavedModelTests
{
    [Fact]
    public void A_graph_that_computes_is_allowed()
    {
        var facts = Inspecting.File("saved_model.pb", Saved([Node("x", "Placeholder"), Node("y", "MatMul", ["x", "x"])]));
        Assert.Equal("savedmodel", facts.Format);
        Assert.Equal("", facts.Said());
        Assert.Empty(facts.Operators);
    }

    [Theory]
    [InlineData("ReadFile")]
    [InlineData("WriteFile")]
    [InlineData("PyFunc")]
    [InlineData("PyFuncStateless")]
    [InlineData("EagerPyFunc")]
    [InlineData("ShellExecute")]
    [InlineData("Abort")]
    [InlineData("MatchingFiles")]
    [InlineData("RpcCall")]
    public void An_operator_that_reaches_beyond_the_graph_is_denied_wherever_it_stands(string name)
    {
        foreach (byte[] model in (byte[][])[Saved([Node("n", name)]), Saved([], Function("f", [], Node("n", name))), Frozen(Node("x", "Placeholder"), Node("n", name))])
        {
            var facts = Inspecting.File("x.pb", model);
            Assert.Equal("savedmodel", facts.Format);
            Assert.Equal(ModelVerdict.Deny, Assert.Single(facts.Anomalies).Verdict);
            Assert.Equal([name], facts.Operators);
        }
    }

    [Theory]
    [InlineData("InitializeTableFromTextFileV2")]
    [InlineData("TRTEngineOp")]
    [InlineData("DecodeProtoV2")]
    [InlineData("TFRecordDataset")]
    public void An_operator_that_reads_what_is_beside_the_graph_is_unknown(string name) =>
        Assert.Equal(ModelVerdict.Unknown, Inspecting.File("x.pb", Saved([Node("n", name)])).Verdict);

    [Theory]
    [InlineData("LookupTableImportV2")]
    [InlineData("InitializeTableV2")]
    public void A_table_that_is_filled_from_the_graph_is_listed_and_allowed(string name)
    {
        var facts = Inspecting.File("saved_model.pb", Saved([Node("n", name)]));
        Assert.Equal([name], facts.Operators);
        Assert.Equal("", facts.Said());
    }

    [Theory]
    [InlineData("file:///etc/cron.d/x", ModelVerdict.Deny)]
    [InlineData("stderr", ModelVerdict.Unknown)]
    public void A_print_may_write_a_file(string stream, ModelVerdict verdict) =>
        Assert.Equal(verdict, Inspecting.File("x.pb", Saved([Node("p", "PrintV2", [], ("output_stream", new ProtoWriter().Text(2, stream)))])).Verdict);

    [Fact]
    public void The_saver_of_TensorFlow_2_writes_where_its_caller_says()
    {
        // As tf.saved_model.save writes it: the prefix is an argument, its parts are constants.
        var save = Function("__inference__traced_save_42", ["file_prefix", "savev2_kernel"],
            Node("StaticRegexFullMatch", "StaticRegexFullMatch", ["file_prefix"]), Const("Const", ".part"), Const("Const_1", "_temp/part"),
            Node("Select", "Select", ["StaticRegexFullMatch:output:0", "Const:output:0", "Const_1:output:0"]),
            Node("StringJoin", "StringJoin", ["file_prefix", "Select:output:0"]), Const("num_shards", ""), Const("ShardedFilename/shard", ""),
            Node("ShardedFilename", "ShardedFilename", ["StringJoin:output:0", "ShardedFilename/shard:output:0", "num_shards:output:0"]),
            Node("SaveV2", "SaveV2", ["ShardedFilename:filename:0", "SaveV2/tensor_names:output:0", "savev2_kernel"]),
            Node("MergeV2Checkpoints/checkpoint_prefixes", "Pack", ["ShardedFilename:filename:0", "^SaveV2"]),
            Node("MergeV2Checkpoints", "MergeV2Checkpoints", ["MergeV2Checkpoints/checkpoint_prefixes:output:0", "file_prefix"]));
        var restore = Function("__inference__traced_restore_43", ["file_prefix"], Node("RestoreV2", "RestoreV2", ["file_prefix", "names:output:0"]));
        var facts = Inspecting.File("saved_model.pb", Saved(
            [Node("saver_filename", "Placeholder"), Call("StatefulPartitionedCall_1", "__inference__traced_save_42", "saver_filename", "ReadVariableOp"), Call("StatefulPartitionedCall_2", "__inference__traced_restore_43", "saver_filename")],
            save, restore));
        Assert.Equal("", facts.Said());
        Assert.Equal(["MergeV2Checkpoints", "RestoreV2", "SaveV2"], facts.Operators.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_saver_of_TensorFlow_1_has_a_name_that_no_one_uses()
    {
        foreach (string kind in (string[])["Const", "PlaceholderWithDefault"])
        {
            var name = kind == "Const" ? Const("save/Const", "model") : Node("save/Const", kind, ["save/filename/input"]);
            Assert.Equal("", Inspecting.File("saved_model.pb", Saved([Const("save/filename/input", "model"), name, Node("save/SaveV2", "SaveV2", ["save/Const", "names"])])).Said());
        }
    }

    [Theory]
    [InlineData("SaveV2")]
    [InlineData("RestoreV2")]
    [InlineData("MergeV2Checkpoints")]
    [InlineData("LoadAndRemapMatrix")]
    public void A_path_that_stands_in_the_model_is_denied(string kind)
    {
        Deny(Saved([Const("c", "weights"), Node("i", "Identity", ["c"]), Node("s", kind, ["i:0", "names"])]));
        Deny(Saved([Node("p", "Placeholder"), Const("c", "/etc/cron.d/"), Node("j", "StringJoin", ["c", "p"]), Node("s", kind, ["j"])]));
    }

    [Fact]
    public void A_destination_that_stands_in_the_model_is_denied() =>
        Deny(Saved([Node("p", "Placeholder"), Const("c", "/root/.ssh/x"), Node("m", "MergeV2Checkpoints", ["p", "c"])]));

    [Fact]
    public void A_path_that_the_model_computes_is_unknown() =>
        Assert.Equal(ModelVerdict.Unknown, Inspecting.File("x.pb", Saved([Const("c", "L2V0Yy9wYXNzd2Q"), Node("d", "DecodeBase64", ["c"]), Node("s", "SaveV2", ["d"])])).Verdict);

    [Fact]
    public void A_path_that_the_model_hands_to_a_saver_is_denied_through_any_number_of_functions()
    {
        var inner = Function("__inference__traced_save_1", ["file_prefix"], Node("s", "SaveV2", ["file_prefix", "n"]));
        var middle = Function("between", ["x"], Call("c", "__inference__traced_save_1", "x"));
        Deny(Saved([Const("c", "payload"), Call("call", "__inference__traced_save_1", "c")], inner));
        Deny(Saved([Const("c", "payload"), Call("call", "between", "c")], middle, inner));
        Deny(Saved([Const("c", "payload"), Node("call", "between", ["c"])], middle, inner));
        Deny(Saved([Node("p", "Placeholder"), Const("c", "../x"), Call("call", "__inference__traced_save_1", "p", "c")], inner));
    }

    [Fact]
    public void An_asset_outside_of_the_folder_is_denied()
    {
        byte[] model = new ProtoWriter().Number(1, 1).Message(2, new ProtoWriter().Message(2, Node("x", "Placeholder")).Message(6, new ProtoWriter().Text(2, "../../x"))).Bytes;
        Assert.Contains("savedmodel-asset-path", Inspecting.File("saved_model.pb", model).Codes());
    }

    [Fact]
    public void The_configurations_beside_a_model_are_read()
    {
        byte[] metadata = new ProtoWriter().Message(1, new ProtoWriter().Number(2, 1).Text(4, "_tf_keras_layer").Text(5, """{"class_name": "Lambda", "config": {}}""")).Bytes;
        Assert.Equal(["keras-lambda"], Inspecting.File("keras_metadata.pb", metadata).Codes());
        byte[] harmless = new ProtoWriter().Message(1, new ProtoWriter().Text(5, """{"class_name": "Dense", "config": {"name": "Lambda"}}""")).Bytes;
        Assert.Equal("", Inspecting.File("keras_metadata.pb", harmless).Said());
    }

    [Fact]
    public void No_damage_makes_the_reader_throw()
    {
        byte[] model = Saved([Const("c", "payload"), Call("call", "f", "c"), Node("n", "ReadFile")], Function("f", ["x"], Node("s", "SaveV2", ["x"])));
        Gen.Select(Gen.Int[0, model.Length - 1], Gen.Byte).Array[1, 6].Sample(changes =>
        {
            byte[] changed = [.. model];
            foreach (var (at, value) in changes)
                changed[at] = value;
            return Inspecting.File("saved_model.pb", changed).Anomalies.Count < 100 && Inspecting.File("keras_metadata.pb", changed).Anomalies.Count < 100;
        }, iter: 10_000);
    }

    private static void Deny(byte[] model)
    {
        var facts = Inspecting.File("x.pb", model);
        Assert.Equal("savedmodel", facts.Format);
        Assert.Contains(facts.Anomalies, a => a is { Code: "savedmodel-operator", Verdict: ModelVerdict.Deny });
    }

    private static byte[] Saved(ProtoWriter[] nodes, params ProtoWriter[] functions)
    {
        var library = new ProtoWriter();
        foreach (var function in functions)
            library.Message(1, function);
        byte[] graph = [.. nodes.SelectMany(n => n.Bytes), .. new ProtoWriter().Message(2, library).Bytes];
        return new ProtoWriter().Number(1, 1).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Text(4, "serve")).Raw(2, graph)).Bytes;
    }

    private static byte[] Frozen(params ProtoWriter[] nodes) => [.. nodes.SelectMany(n => n.Bytes)];

    private static ProtoWriter Function(string name, string[] arguments, params ProtoWriter[] nodes)
    {
        var signature = new ProtoWriter().Text(1, name);
        foreach (string argument in arguments)
            signature.Message(2, new ProtoWriter().Text(1, argument));
        var function = new ProtoWriter().Message(1, signature);
        foreach (var node in nodes)
            function.Raw(3, Content(node));
        return function;
    }

    private static ProtoWriter Call(string name, string function, params string[] inputs) =>
        Node(name, "StatefulPartitionedCall", inputs, ("f", new ProtoWriter().Message(10, new ProtoWriter().Text(1, function))));

    private static ProtoWriter Const(string name, string text) => Node(name, "Const", [], ("value", new ProtoWriter().Message(8, new ProtoWriter().Number(1, 7).Text(8, text))));

    private static ProtoWriter Node(string name, string kind, string[]? inputs = null, params (string Key, ProtoWriter Value)[] attributes)
    {
        var node = new ProtoWriter().Text(1, name).Text(2, kind);
        foreach (string input in inputs ?? [])
            node.Text(3, input);
        foreach (var (key, value) in attributes)
            node.Message(5, new ProtoWriter().Text(1, key).Message(2, value));
        return new ProtoWriter().Message(1, node);
    }

    // A node without the tag and length of the graph's field.
    private static byte[] Content(ProtoWriter node) => node.Bytes[(node.Bytes[1] < 0x80 ? 2 : 3)..];
}
