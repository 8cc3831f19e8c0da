using Canary.Config;
using Canary.Models.Gating;
using Canary.Yaml;
using Xunit;

namespace Canary.Tests.Models.Gating;

public sealed class PolicyBookTests
{
    [Theory]
    [InlineData("/srv/prod/a.gguf", GatePolicy.DenyUnknown)]
    [InlineData("/srv/prod/deep/er/a.gguf", GatePolicy.DenyUnknown)]
    [InlineData("/srv/prod/trial/a.gguf", GatePolicy.Observe)]
    [InlineData("/srv/product/a.gguf", GatePolicy.DenyChanged)]
    [InlineData("/srv/a.lora", GatePolicy.Observe)]
    [InlineData("/etc/canary/models/x", GatePolicy.DenyUnknown)]
    [InlineData("/srv/models/x", GatePolicy.DenyChanged)]
    public void The_first_glob_that_matches_decides(string path, GatePolicy policy)
    {
        var book = new PolicyBook(GatePolicy.DenyChanged,
        [
            PathPolicy.Of("*.lora", GatePolicy.Observe, "/"),
            PathPolicy.Of("/srv/prod/trial/**", GatePolicy.Observe, "/"),
            PathPolicy.Of("/srv/prod/**", GatePolicy.DenyUnknown, "/"),
            PathPolicy.Of("models/*", GatePolicy.DenyUnknown, "/etc/canary"),
        ]);
        Assert.Equal(policy, book.Of(path));
    }

    [Fact]
    public void For_a_path_that_is_not_certain_the_strictest_holds()
    {
        Assert.Equal(GatePolicy.DenyUnknown, new PolicyBook(GatePolicy.Observe, [PathPolicy.Of("/a/**", GatePolicy.DenyUnknown, "/"), PathPolicy.Of("/b/**", GatePolicy.DenyChanged, "/")]).Of(null));
        Assert.Equal(GatePolicy.DenyChanged, new PolicyBook(GatePolicy.DenyChanged, [PathPolicy.Of("/b/**", GatePolicy.Observe, "/")]).Of(null));
    }

    [Theory]
    [InlineData("/a/**=observe", true)]
    [InlineData("/a=b/**=deny-changed", true)]
    [InlineData("/a/**=deny", false)]
    [InlineData("=observe", false)]
    [InlineData("observe", false)]
    [InlineData("", false)]
    public void A_word_of_the_command_line_is_a_glob_and_a_policy(string text, bool good) => Assert.Equal(good, PathPolicy.Parse(text, "/") is not null);

    [Fact]
    public void The_configuration_has_them_in_order()
    {
        var (config, faults) = Parse("models: {policy: deny-changed, on_death: deny, seal: verity, ahead: true, policies: [{path: '/srv/prod/**', policy: deny-unknown}, {path: 'trial/*', policy: observe}]}");
        Assert.Empty(faults);
        Assert.Equal((GatePolicy.DenyUnknown, GatePolicy.Observe, GatePolicy.DenyChanged, OnDeath.Deny),
            (config.Models.Policies.Of("/srv/prod/a"), config.Models.Policies.Of("/etc/canary/trial/a"), config.Models.Policies.Of("/srv/trial/a"), config.Models.OnDeath));
        Assert.Equal((ModelSeal.Verity, ModelSeal.Flag), (config.Models.Seal, Parse("").Config.Models.Seal));
        Assert.Equal((true, false), (config.Models.Ahead, Parse("").Config.Models.Ahead));
    }

    [Theory]
    [InlineData("models: {policies: {path: a}}", "must be a list")]
    [InlineData("models: {policies: [{path: a}]}", "needs a 'path'")]
    [InlineData("models: {policies: [{policy: observe}]}", "needs a 'path'")]
    [InlineData("models: {policies: [{path: a, policy: watch}]}", "'models.policies.policy' must be one of")]
    [InlineData("models: {policies: [{path: a, policy: observe, why: b}]}", "unknown key 'why'")]
    [InlineData("models: {on_death: perhaps}", "'models.on_death' must be one of end, allow, deny")]
    [InlineData("models: {seal: wax}", "'models.seal' must be one of flag, verity, none")]
    public void A_fault_is_named(string text, string fault) => Assert.Contains(Parse(text).Faults, f => f.Message.Contains(fault, StringComparison.Ordinal));

    [Fact]
    public void The_words_of_a_death_are_read_back()
    {
        foreach (var death in Enum.GetValues<OnDeath>())
        {
            Assert.True(OnDeaths.TryParse(death.Word(), out var read));
            Assert.Equal(death, read);
        }

        Assert.False(OnDeaths.TryParse("", out _));
    }

    [Fact]
    public void The_words_of_a_seal_are_read_back()
    {
        foreach (var seal in Enum.GetValues<ModelSeal>())
        {
            Assert.True(ModelSeals.TryParse(seal.Word(), out var read));
            Assert.Equal(seal, read);
        }

        Assert.False(ModelSeals.TryParse("", out _));
    }

    private static (CanaryConfig Config, IReadOnlyList<Diagnostic> Faults) Parse(string text)
    {
        var diagnostics = new Diagnostics();
        return (CanaryConfig.Parse(text, "/etc/canary/canary.yml", diagnostics), diagnostics.All);
    }
}
