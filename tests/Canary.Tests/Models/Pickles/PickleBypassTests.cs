using System.Text;
using Canary.Models;
using Xunit;

namespace Canary.Tests.Models.Pickles;

/// <summary>What got past other programs that search pickles, one by one.</summary>
public sealed class PickleBypassTests
{
    private const string Call = "cos\nsystem\n(S'echo canary-inert'\ntR";

    [Theory]
    [InlineData("malicious/names/memo-put.pkl")]
    [InlineData("malicious/names/memo-binput.pkl")]
    [InlineData("malicious/names/memo-longbinput.pkl")]
    [InlineData("malicious/names/memoize-counts-length.pkl")]
    [InlineData("malicious/names/memo-overwritten.pkl")]
    [InlineData("malicious/names/escaped-string.pkl")]
    [InlineData("malicious/names/escaped-unicode.pkl")]
    [InlineData("malicious/names/short-binstring.pkl")]
    [InlineData("malicious/names/binstring.pkl")]
    [InlineData("malicious/names/binunicode8.pkl")]
    [InlineData("malicious/opcode/popped.pkl")]
    [InlineData("malicious/opcode/pop-mark.pkl")]
    [InlineData("malicious/opcode/dup.pkl")]
    [InlineData("malicious/opcode/leftover.pkl")]
    [InlineData("malicious/broken/truncated.pkl")]
    [InlineData("malicious/broken/truncated-p0.pkl")]
    [InlineData("malicious/broken/bad-opcode.pkl")]
    [InlineData("malicious/broken/underflow.pkl")]
    [InlineData("malicious/broken/frame-too-long.pkl")]
    [InlineData("malicious/several/second.pkl")]
    [InlineData("malicious/several/third.pkl")]
    [InlineData("malicious/several/second-p0.bin")]
    [InlineData("malicious/several/second-broken.pkl")]
    [InlineData("malicious/torch/injected.pt")]
    [InlineData("malicious/torch/other-member.pt")]
    [InlineData("malicious/torch/tar-other.pt")]
    [InlineData("malicious/joblib/gzip-in-gzip.joblib")]
    [InlineData("malicious/joblib/object-array.joblib")]
    [InlineData("malicious/numpy/object-p0.npy")]
    public void The_call_is_named_wherever_it_hides(string path)
    {
        var import = Assert.Single(PickleCorpus.Inspect(path).Imports, i => i.Verdict == ModelVerdict.Deny);
        Assert.Equal(("os.system", "REDUCE"), (import.Qualified, import.How));
    }

    [Theory]
    [InlineData("malicious/names/memo-missing.pkl", "pickle-memo-missing")]
    [InlineData("malicious/names/memo-missing.pkl", "pickle-import-unresolved")]
    [InlineData("malicious/names/name-is-number.pkl", "pickle-import-unresolved")]
    [InlineData("malicious/names/name-is-bytes.pkl", "pickle-import-unresolved")]
    [InlineData("malicious/names/name-is-computed.pkl", "pickle-import-unresolved")]
    [InlineData("malicious/names/scanner-fickling.pkl", "pickle-imports-scanner")]
    [InlineData("malicious/opcode/ext1.pkl", "pickle-extension")]
    [InlineData("malicious/opcode/ext2.pkl", "pickle-extension")]
    [InlineData("malicious/opcode/ext4.pkl", "pickle-extension")]
    [InlineData("malicious/opcode/persid.pkl", "pickle-persistent-id")]
    [InlineData("malicious/opcode/next-buffer.pkl", "pickle-out-of-band")]
    [InlineData("malicious/opcode/build-on-class-of-numbers.pkl", "pickle-changes-import")]
    [InlineData("malicious/opcode/setitem-on-modules.pkl", "pickle-changes-import")]
    [InlineData("malicious/opcode/setitem-on-tensor.pkl", "pickle-sets-tensor")]
    [InlineData("malicious/opcode/call-of-an-allowed-result.pkl", "pickle-calls-computed")]
    [InlineData("malicious/opcode/leftover.pkl", "pickle-stack-leftover")]
    [InlineData("malicious/broken/truncated.pkl", "pickle-truncated")]
    [InlineData("malicious/broken/underflow.pkl", "pickle-broken")]
    [InlineData("malicious/broken/second-proto.pkl", "pickle-proto-misplaced")]
    [InlineData("malicious/broken/protocol-9.pkl", "pickle-protocol-unknown")]
    [InlineData("malicious/broken/frame-crossed.pkl", "pickle-frame-crossed")]
    [InlineData("malicious/broken/frame-nested.pkl", "pickle-frame-nested")]
    [InlineData("malicious/broken/put-far.pkl", "pickle-memo-index")]
    [InlineData("malicious/broken/billion-laughs.pkl", "pickle-expands")]
    [InlineData("malicious/joblib/array-too-long.joblib", "joblib-array")]
    [InlineData("malicious/joblib/length-unknown.joblib", "joblib-array")]
    [InlineData("malicious/numpy/header-is-code.npy", "npy-header")]
    [InlineData("malicious/numpy/truncated.npy", "npy-truncated")]
    public void Tampering_has_a_name_of_its_own(string path, string code) => Assert.Contains(code, PickleCorpus.Inspect(path).Anomalies.Select(a => a.Code));

    [Fact]
    public void A_pickle_that_hides_in_an_array_of_joblib_is_found_by_the_way_that_pickle_s_own_loader_goes()
    {
        var facts = PickleCorpus.Inspect("malicious/joblib/hidden-in-array.pkl");
        Assert.Equal("os.system", Assert.Single(facts.Imports, i => i.Verdict == ModelVerdict.Deny).Qualified);
        // The way of joblib is whole: nothing but the hidden call speaks against the file.
        Assert.Empty(facts.Anomalies);
    }

    [Theory]
    [InlineData("magic")]
    [InlineData("version")]
    [InlineData("system")]
    [InlineData("object")]
    [InlineData("keys")]
    public void Each_of_the_five_streams_of_legacy_PyTorch_is_read(string stream) =>
        Assert.Equal("os.system", Denied(PickleCorpus.Inspect($"malicious/torch/legacy-{stream}.pt")).Qualified);

    private static ModelImport Denied(ModelFacts facts) => Assert.Single(facts.Imports, i => i.Verdict == ModelVerdict.Deny);

    [Fact]
    public void A_magic_number_that_is_computed_hides_no_later_stream()
    {
        var facts = PickleCorpus.Inspect("malicious/torch/legacy-magic-by-reduce.pt");
        Assert.Contains(facts.Imports, i => i is { Qualified: "os.system", Verdict: ModelVerdict.Deny });
        Assert.Equal(ModelVerdict.Deny, PickleCorpus.Inspect("malicious/torch/legacy-magic-by-eval.pt").Verdict);
    }

    [Fact]
    public void A_truncated_storage_of_legacy_PyTorch_is_denied_and_bytes_after_the_last_are_said()
    {
        byte[] whole = PickleCorpus.Cases["benign/torch/legacy-two.pt"];
        Assert.Equal(ModelVerdict.Allow, PickleCorpus.InspectBytes("m.pt", whole).Verdict);
        Assert.Contains(PickleCorpus.InspectBytes("m.pt", whole[..^1]).Anomalies, a => a is { Code: "torch-legacy-truncated", Verdict: ModelVerdict.Deny });
        Assert.Contains(PickleCorpus.InspectBytes("m.pt", [.. whole, 1]).Anomalies, a => a is { Code: "pickle-trailing-bytes", Verdict: ModelVerdict.Unknown });
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    [InlineData("README")]
    public void Content_decides_and_not_the_name(string name) =>
        Assert.Equal(ModelVerdict.Deny, PickleCorpus.InspectBytes(name, Encoding.ASCII.GetBytes(Call + ".")).Verdict);

    [Theory]
    [InlineData("config.json\nmodel.bin\nNotes\n")]
    [InlineData("can\nthe\nIt is a list of words\n")]
    [InlineData("Nothing here is a pickle.\n")]
    [InlineData("]")]
    [InlineData("# A model\n\nText.\n")]
    [InlineData("{\"a\": 1}")]
    [InlineData("")]
    public void A_text_is_no_pickle(string text) => Assert.Null(ModelFormats.Of(new HeldBytes("notes.txt", Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void What_calls_itself_a_pickle_and_is_none_is_denied()
    {
        Assert.Equal(ModelVerdict.Deny, PickleCorpus.InspectBytes("model.pkl", "Not a pickle"u8.ToArray()).Verdict);
        Assert.Equal(ModelVerdict.Deny, PickleCorpus.InspectBytes("model.pkl", []).Verdict);
    }

    [Fact]
    public void Bytes_after_a_pickle_are_said_and_do_not_deny()
    {
        var facts = PickleCorpus.InspectBytes("m.pkl", [0x80, 2, (byte)'N', (byte)'.', 0, 0, 0]);
        Assert.Equal("pickle-trailing-bytes", Assert.Single(facts.Anomalies).Code);
        Assert.Equal(ModelVerdict.Unknown, facts.Verdict);
    }

    [Fact]
    public void A_fault_that_stands_a_million_times_is_told_a_few_times()
    {
        var stream = new StringBuilder();
        for (int i = 0; i < 200_000; i++)
            stream.Append("g7\n0");
        var facts = PickleCorpus.InspectBytes("m.pkl", Encoding.ASCII.GetBytes(stream + "N."));
        Assert.Equal(ModelVerdict.Deny, facts.Verdict);
        Assert.True(facts.Anomalies.Count <= 20);
    }

    [Theory]
    [InlineData("benign/torch/state-dict.pt", true)]
    [InlineData("benign/torch/legacy.pt", true)]
    [InlineData("benign/torch/parameter.pt", true)]
    [InlineData("benign/torch/state-dict-p4.pt", false)] // SHORT_BINUNICODE is none of its instructions
    [InlineData("benign/torch/module.pt", false)] // a class beside its list
    [InlineData("malicious/torch/data-p2.pt", false)]
    [InlineData("malicious/opcode/build-on-class-of-numbers.pkl", false)]
    [InlineData("malicious/opcode/setitem-on-tensor.pkl", false)]
    public void The_label_weights_only_is_that_of_PyTorch(string path, bool loads) => Assert.Equal(loads, PickleCorpus.Inspect(path).LoadsUnderWeightsOnly);
}
