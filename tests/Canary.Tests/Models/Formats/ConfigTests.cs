using System.Text;
using Canary.Models;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Formats;

public sealed class ConfigTests
{
    [Theory]
    [InlineData("""{"model_type": "llama", "architectures": ["LlamaForCausalLM"], "rope_scaling": null}""")]
    [InlineData("""{"time_step_limit": [0.0, Infinity], "eps": NaN, "low": -Infinity, "note": "NaN"}""")]
    [InlineData("""{"peft_type": "LORA", "base_model_name_or_path": "meta-llama/Llama-3.1-8B", "auto_mapping": null, "trust_remote_code": false}""")]
    [InlineData("""{"auto_mapping": {"base_model_class": "LlamaModel", "parent_library": "transformers.models.llama.modeling_llama"}}""")]
    [InlineData("""{"model": {"_target_": "torch.nn.Linear"}, "attn_implementation": "flash_attention_2", "custom_generate": null}""")]
    [InlineData("\ufeff{}")]
    public void A_configuration_of_numbers_and_known_classes_is_allowed(string json) =>
        Assert.Equal(ModelVerdict.Allow, Config(json).Verdict);

    [Theory]
    [InlineData("""{"auto_map": {"AutoModel": "modeling_x.XModel"}}""", "config-remote-code", ModelVerdict.Unknown)]
    [InlineData("""{"auto_map": {"AutoTokenizer": ["tokenization_x.X", null]}}""", "config-remote-code", ModelVerdict.Unknown)]
    [InlineData("""{"nested": {"auto_map": {"AutoModel": "other/repo--modeling_x.XModel"}}}""", "config-remote-code", ModelVerdict.Unknown)]
    [InlineData("""{"custom_generate": "someone/generate"}""", "config-custom-generate", ModelVerdict.Unknown)]
    [InlineData("""{"trust_remote_code": true}""", "config-trusts-code", ModelVerdict.Unknown)]
    [InlineData("""{"_attn_implementation": "someone/kernel"}""", "config-remote-kernel", ModelVerdict.Unknown)]
    [InlineData("""{"a": [{"_target_": "os.system"}]}""", "config-target", ModelVerdict.Deny)]
    [InlineData("""{"_target_": "acme.Model"}""", "config-target", ModelVerdict.Unknown)]
    [InlineData("""{"auto_mapping": {"base_model_class": "system", "parent_library": "os"}}""", "config-auto-mapping", ModelVerdict.Deny)]
    [InlineData("""{"base_model_name_or_path": "/tmp/base"}""", "config-base-model", ModelVerdict.Unknown)]
    [InlineData("""{"base_model_name_or_path": "https://example.org/base"}""", "config-base-model", ModelVerdict.Unknown)]
    [InlineData("{ not json", "config-broken", ModelVerdict.Unknown)]
    [InlineData("""{"\ud800": 1, "a": {"\ud800": "\udc00", "auto_map": "modeling_x.X"}}""", "config-remote-code", ModelVerdict.Unknown)]
    public void What_makes_a_loader_import_or_fetch_code_is_said(string json, string code, ModelVerdict verdict)
    {
        var facts = Config(json);
        Assert.Contains(facts.Anomalies, a => a.Code == code && a.Verdict == verdict);
        Assert.Equal(verdict, facts.Verdict);
    }

    [Fact]
    public void The_code_beside_a_configuration_is_named()
    {
        var facts = Inspecting.File("config.json", """{"auto_map": {"AutoModel": "modeling_x.XModel", "AutoConfig": "../up.X"}}"""u8.ToArray(), ("modeling_x.py", [1]));
        Assert.Equal(["modeling_x.py"], facts.ExternalFiles);
        Assert.Contains(facts.Imports, i => i is { Module: "modeling_x", Name: "XModel", How: "auto_map" });
    }

    [Theory]
    [InlineData("""{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"], "safety_checker": [null, null]}""", ModelVerdict.Allow)]
    [InlineData("""{"unet": ["my_unet", "Evil"]}""", ModelVerdict.Unknown)]
    [InlineData("""{"unet": ["os", "system"]}""", ModelVerdict.Deny)]
    public void The_parts_of_a_pipeline_are_judged_by_their_library(string json, ModelVerdict verdict) =>
        Assert.Equal(verdict, Inspecting.File("model_index.json", Encoding.UTF8.GetBytes(json)).Verdict);

    [Theory]
    [InlineData("""[{"idx": 0, "type": "sentence_transformers.models.Transformer"}]""", ModelVerdict.Allow)]
    [InlineData("""[{"idx": 0, "type": "custom_st.Model"}]""", ModelVerdict.Unknown)]
    public void The_modules_of_a_sentence_transformer_are_judged_by_their_library(string json, ModelVerdict verdict) =>
        Assert.Equal(verdict, Inspecting.File("modules.json", Encoding.UTF8.GetBytes(json)).Verdict);

    [Theory]
    [InlineData("encoder:\n  _target_: nemo.collections.asr.modules.ConformerEncoder\n", ModelVerdict.Allow)]
    [InlineData("encoder:\n  - _target_: subprocess.Popen\n", ModelVerdict.Deny)]
    [InlineData("encoder: &a\n  _target_: acme.Encoder\n", ModelVerdict.Unknown)]
    [InlineData("a: !!python/object/apply:os.system ['x']\n", ModelVerdict.Deny)]
    [InlineData("a: [unclosed\n", ModelVerdict.Unknown)]
    public void The_YAML_of_NeMo_is_read_also_within_its_tar(string yaml, ModelVerdict verdict)
    {
        using var packed = new MemoryStream();
        using (var tar = new System.Formats.Tar.TarWriter(packed, leaveOpen: true))
            tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "./model_config.yaml") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(yaml)) });
        Assert.Equal(verdict, Inspecting.File("x.nemo", packed.ToArray()).Verdict);
    }

    [Fact]
    public void A_configuration_full_of_names_is_bounded_and_that_is_said()
    {
        string json = "[" + string.Join(',', Enumerable.Repeat("""{"_target_":"a.b"}""", 5000)) + "]";
        var facts = Config(json);
        Assert.InRange(facts.Anomalies.Count, 1000, 1010);
        Assert.Contains(facts.Anomalies, a => a.Why.StartsWith("more than", StringComparison.Ordinal));
    }

    [Fact]
    public void No_text_makes_the_readers_throw()
    {
        byte[] json = """{"class_name": "Lambda", "auto_map": {"a": "b.c"}, "x": ["\ud800", NaN, {"_target_": "os.system"}]}"""u8.ToArray();
        Gen.Select(Gen.Int[0, json.Length - 1], Gen.Byte).Array[1, 5].Sample(changes =>
        {
            byte[] changed = [.. json];
            foreach (var (at, value) in changes)
                changed[at] = value;
            return ((string[])["config.json", "model_index.json", "modules.json", "model_config.yaml"]).All(n => Inspecting.File(n, changed).Anomalies.Count < 50);
        }, iter: 5_000);
        Assert.Equal(ModelVerdict.Unknown, Config(new string('[', 100_000)).Verdict);
    }

    private static ModelFacts Config(string json) => Inspecting.File("config.json", Encoding.UTF8.GetBytes(json));
}
