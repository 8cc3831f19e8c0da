using System.Text;
using Canary.Models;
using Canary.Tests.Models.Containers;
using Canary.Tests.Models.Support;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Formats;

public sealed class KerasTests
{
    private const string Benign = """
        {"module": "keras", "class_name": "Functional", "config": {"name": "m", "trainable": true, "layers": [
          {"module": "keras.layers", "class_name": "Dense", "registered_name": null, "config": {"name": "dense", "units": 4,
            "activation": {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"},
            "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null},
            "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null}, "registered_name": null}}},
          {"module": "keras.layers", "class_name": "StringLookup", "config": {"name": "words", "vocabulary": ["a", "b"]}},
          {"class_name": "keras>Dropout", "module": "tf_keras.layers", "registered_name": "keras>Dropout", "config": {"name": "Lambda"}},
          {"class_name": "TFOpLambda", "config": {"name": "add", "function": "math.add"}}]},
         "registered_name": "Functional", "compile_config": {"optimizer": {"module": "keras.optimizers", "class_name": "Adam", "config": {"learning_rate": 0.001}}, "loss": "mse"}}
        """;

    [Fact]
    public void A_model_of_Keras_own_layers_is_allowed()
    {
        var facts = Inspecting.File("m.keras", new ZipWriter().Add("metadata.json", "{}"u8.ToArray()).Add("config.json", Encoding.UTF8.GetBytes(Benign)).Close());
        Assert.Equal("keras", facts.Format);
        Assert.Equal("", facts.Said());
    }

    [Theory]
    [InlineData("""{"module": "keras.layers", "class_name": "Lambda", "config": {"name": "x", "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}}}""", "keras-lambda", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "keras>Lambda", "config": {}}""", "keras-lambda", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "X", "config": {"function": ["4wEAAAA=", null, null], "function_type": "lambda"}}""", "keras-lambda", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "function", "module": "os", "config": "system", "registered_name": "function"}""", "keras-foreign-module", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "X", "fn_module": "subprocess", "config": {}}""", "keras-foreign-module", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "Layer", "module": "acme.layers", "config": {}}""", "keras-foreign-module", ModelVerdict.Unknown)]
    [InlineData("""{"class_name": "exec", "module": "builtins", "config": {}}""", "keras-foreign-module", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "function", "module": "builtins", "config": "os.system"}""", "keras-foreign-module", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "function", "module": "tensorflow.io", "config": "write_file"}""", "keras-foreign-module", ModelVerdict.Unknown)]
    [InlineData("""{"class_name": "TFOpLambda", "config": {"function": "io.write_file"}}""", "keras-foreign-module", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "function", "module": "keras.utils", "config": "get_file"}""", "keras-get-file", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "X", "config": {"fn": "keras.utils.get_file", "origin": "https://example.org/x"}}""", "keras-get-file", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "function", "module": "keras.models", "config": "load_model"}""", "keras-loading-function", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "function", "module": "keras.config", "config": "enable_unsafe_deserialization"}""", "keras-unsafe-deserialization", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "TorchModuleWrapper", "module": "keras.layers", "config": {"module": "UEsDBA=="}}""", "keras-torch-module", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}}""", "keras-vocabulary-file", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "StringLookup", "config": {"vocabulary": "words.txt"}}""", "keras-vocabulary-file", ModelVerdict.Unknown)]
    [InlineData("""{"class_name": "X", "registered_name": "acme>X", "config": {}}""", "keras-custom-object", ModelVerdict.Unknown)]
    [InlineData("""{"class_name": "X", "registered_name": "os.system", "config": {}}""", "keras-custom-object", ModelVerdict.Deny)]
    [InlineData("""{"class_name": "TFSMLayer", "module": "keras.layers", "config": {"filepath": "x"}}""", "keras-loads-model", ModelVerdict.Unknown)]
    public void What_Keras_would_import_call_or_read_is_said_at_any_depth(string layer, string code, ModelVerdict verdict)
    {
        string outer = $$$"""{"class_name": "Sequential", "config": {"name": "m", "layers": [{"class_name": "Bidirectional", "config": {"layer": {{{layer}}}}}]}}""";
        foreach (var facts in (ModelFacts[])[
            Inspecting.File("m.keras", new ZipWriter().Add("metadata.json", "{}"u8.ToArray()).Add("config.json", Encoding.UTF8.GetBytes(outer)).Close()),
            Inspecting.File("model.json", Encoding.UTF8.GetBytes(outer)), Inspecting.File("m.h5", Hdf5(outer)),
            Inspecting.File("m.h5", new Hdf5Builder().Text("model_config", outer).Build())])
            Assert.Contains(facts.Anomalies, a => a.Code == code && a.Verdict == verdict);
    }

    [Fact]
    public void HDF5_that_is_broken_is_never_better_than_unknown()
    {
        var facts = Inspecting.File("m.h5", Hdf5(Benign));
        Assert.Equal(["hdf5-broken"], facts.Codes());
        Assert.Equal(ModelVerdict.Unknown, facts.Verdict);
        Assert.Equal("hdf5", Inspecting.File("m.h5", [.. new byte[512], .. Hdf5(Benign), .. new byte[2048]]).Format);
    }

    [Fact]
    public void A_whole_model_in_HDF5_is_allowed() =>
        Assert.Equal("", Inspecting.File("m.h5", new Hdf5Builder().Text("model_config", Benign).Build()).Said());

    [Fact]
    public void A_configuration_in_HDF5_that_is_damaged_is_denied_by_its_words()
    {
        string config = """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", """;
        Assert.Contains("keras-lambda", Inspecting.File("m.h5", Hdf5(config + "\0\0")).Codes());
    }

    [Theory]
    [InlineData(1024 * 1024 - 20)]
    [InlineData(1024 * 1024 - 5)]
    [InlineData(3 * 1024 * 1024)]
    public void A_word_in_HDF5_is_found_across_the_ends_of_blocks(int at)
    {
        byte[] file = Hdf5("");
        Array.Resize(ref file, at);
        Assert.Contains("keras-lambda", Inspecting.File("m.h5", [.. file, .. "\"Lambda\""u8]).Codes());
    }

    [Fact]
    public void An_engine_is_always_unknown_and_denied_with_a_program_in_it()
    {
        byte[] engine = [.. "ftrt"u8, .. new byte[4096]];
        Assert.Equal(["tensorrt-opaque"], Inspecting.File("x.bin", engine).Codes());
        Assert.Equal(["tensorrt-opaque"], Inspecting.File("m.plan", new byte[100]).Codes());
        var facts = Inspecting.File("x.engine", [.. engine, .. ZipFormatTests.Elf()]);
        Assert.Equal("tensorrt", facts.Format);
        Assert.Equal(["tensorrt-opaque", "tensorrt-native-code"], facts.Codes());
        Assert.Equal(ModelVerdict.Deny, facts.Verdict);
    }

    [Theory]
    [InlineData("ort", "ORTM")]
    [InlineData("tflite", "TFL3")]
    public void Other_programs_for_accelerators_are_named_and_unknown(string kind, string identifier)
    {
        var facts = Inspecting.File("x.bin", [24, 0, 0, 0, .. Encoding.ASCII.GetBytes(identifier), .. new byte[64]]);
        Assert.Equal(kind, facts.Format);
        Assert.Equal(ModelVerdict.Unknown, facts.Verdict);
    }

    [Fact]
    public void No_bytes_make_the_readers_throw() => Gen.Byte.Array[0, 300].Sample(noise =>
        Inspecting.File("m.h5", [.. Hdf5("{\"class_name\": \"Lambda\""), .. noise]).Anomalies.Count > 0 && Inspecting.File("m.engine", noise).Anomalies.Count > 0, iter: 2_000);

    private static byte[] Hdf5(string config) => [0x89, .. "HDF\r\n\x1a\n"u8, .. new byte[300], .. Encoding.UTF8.GetBytes(config), .. new byte[64]];
}
