using Canary.Models;
using Canary.Models.Pickles;
using Canary.Yaml;
using Xunit;

namespace Canary.Tests.Models.Pickles;

public sealed class ImportPolicyTests
{
    [Theory]
    [InlineData("collections", "OrderedDict", "REDUCE", ModelVerdict.Allow)]
    [InlineData("collections", "namedtuple", "REDUCE", ModelVerdict.Unknown)]
    [InlineData("collections.abc", "OrderedDict", "REDUCE", ModelVerdict.Unknown)]
    [InlineData("sklearn.linear_model._base", "LinearRegression", "NEWOBJ", ModelVerdict.Allow)]
    [InlineData("sklearn.linear_model._base", "LinearRegression", "GLOBAL", ModelVerdict.Allow)]
    [InlineData("sklearn.linear_model._base", "LinearRegression", "REDUCE", ModelVerdict.Unknown)] // its constructor would run
    [InlineData("sklearn.linear_model._base", "LinearRegression", "INST", ModelVerdict.Unknown)]
    [InlineData("sklearn.datasets", "load_files", "REDUCE", ModelVerdict.Unknown)]
    [InlineData("sklearn_evil", "LinearRegression", "NEWOBJ", ModelVerdict.Unknown)]
    [InlineData("sklearn.utils._testing", "Anything", "NEWOBJ", ModelVerdict.Deny)]
    [InlineData("sklearn.base", "Outer.Inner", "NEWOBJ", ModelVerdict.Unknown)]
    [InlineData("torch", "FloatStorage", "GLOBAL", ModelVerdict.Allow)]
    [InlineData("torch", "load", "REDUCE", ModelVerdict.Deny)]
    [InlineData("torch", "hub.load", "REDUCE", ModelVerdict.Deny)]
    [InlineData("torch.storage", "_load_from_bytes", "REDUCE", ModelVerdict.Deny)]
    [InlineData("numpy", "memmap", "NEWOBJ", ModelVerdict.Deny)]
    [InlineData("builtins", "set", "REDUCE", ModelVerdict.Allow)]
    [InlineData("builtins", "getattr", "REDUCE", ModelVerdict.Deny)]
    [InlineData("builtins", "getattr", "GLOBAL", ModelVerdict.Deny)]
    [InlineData("builtins", "eval.__call__", "REDUCE", ModelVerdict.Deny)]
    [InlineData("asyncio.unix_events", "_UnixSubprocessTransport._start", "REDUCE", ModelVerdict.Deny)] // the parent is on the list
    [InlineData("os.path", "exists", "REDUCE", ModelVerdict.Deny)]
    [InlineData("posix", "system", "REDUCE", ModelVerdict.Deny)]
    [InlineData("nt", "system", "REDUCE", ModelVerdict.Deny)]
    [InlineData("_io", "open", "REDUCE", ModelVerdict.Deny)]
    [InlineData("_operator", "attrgetter", "REDUCE", ModelVerdict.Deny)]
    [InlineData("_pickle", "loads", "REDUCE", ModelVerdict.Deny)]
    [InlineData("ntpath", "os.system", "REDUCE", ModelVerdict.Deny)]
    [InlineData("posixpath", "join", "REDUCE", ModelVerdict.Deny)]
    [InlineData("anything", "sub.os.system", "REDUCE", ModelVerdict.Deny)]
    [InlineData("osx", "system", "REDUCE", ModelVerdict.Unknown)]
    [InlineData("picklescan.scanner", "scan", "REDUCE", ModelVerdict.Deny)]
    [InlineData("dill", "loads", "REDUCE", ModelVerdict.Deny)]
    public void The_opcode_the_module_and_the_name_decide(string module, string name, string how, ModelVerdict verdict) =>
        Assert.Equal(verdict, PickleCorpus.Policy.Judge(module, name, how, old: false));

    [Theory]
    [InlineData("__builtin__", "set", true, ModelVerdict.Allow)]
    [InlineData("__builtin__", "set", false, ModelVerdict.Unknown)] // no such module from protocol 3 on
    [InlineData("copy_reg", "_reconstructor", true, ModelVerdict.Allow)]
    [InlineData("__builtin__", "eval", true, ModelVerdict.Deny)]
    [InlineData("commands", "getoutput", true, ModelVerdict.Deny)]
    [InlineData("urllib", "urlopen", true, ModelVerdict.Deny)]
    [InlineData("UserDict", "UserDict", true, ModelVerdict.Allow)]
    public void Names_of_Python_2_are_translated_where_Python_3_does_so(string module, string name, bool old, ModelVerdict verdict) =>
        Assert.Equal(verdict, PickleCorpus.Policy.Judge(module, name, "REDUCE", old));

    [Fact]
    public void A_team_allows_its_own_and_denies_what_the_program_allows()
    {
        var policy = PickleCorpus.Policy.With(
        [
            new ImportEntry("acme.models.*", [], true, ["NEWOBJ"], ModelVerdict.Allow),
            new ImportEntry("dill", ["loads"], false, [], ModelVerdict.Allow),
            new ImportEntry("collections", ["deque"], false, [], ModelVerdict.Deny),
        ]);
        Assert.Equal(ModelVerdict.Allow, policy.Judge("acme.models.net", "Encoder", "NEWOBJ", false));
        Assert.Equal(ModelVerdict.Unknown, policy.Judge("acme.models.net", "Encoder", "REDUCE", false));
        Assert.Equal(ModelVerdict.Unknown, policy.Judge("acme", "Encoder", "NEWOBJ", false));
        Assert.Equal(ModelVerdict.Allow, policy.Judge("dill", "loads", "REDUCE", false));
        Assert.Equal(ModelVerdict.Deny, policy.Judge("collections", "deque", "REDUCE", false));
        Assert.Equal(ModelVerdict.Allow, policy.Judge("collections", "OrderedDict", "REDUCE", false));
    }

    [Theory]
    [InlineData("allow: [{module: a}]", "what is allowed is named")]
    [InlineData("allow: [{names: [a]}]", "an import is a module")]
    [InlineData("deny: [{module: a, name: b}]", "'name' is not a key")]
    [InlineData("allowed: []", "'allowed' is not a key")]
    [InlineData("- a", "the list of imports is a map")]
    [InlineData("deny: [{module: a, names: {b: c}}]", "a list of words is expected")]
    public void A_fault_in_a_list_is_said(string text, string said)
    {
        var faults = new Diagnostics();
        ImportList.Read(text, "imports.yml", faults);
        Assert.Contains(faults.All, f => f.ToString().Contains(said, StringComparison.Ordinal));
    }
}
