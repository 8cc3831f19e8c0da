using Canary.Rules;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>Fields of Windows' categories are checked as those of Linux are.</summary>
public sealed class WindowsTaxonomyTests
{
    [Theory]
    [InlineData("process_creation", "ParentComandLine", "did you mean 'ParentCommandLine'?")]
    [InlineData("registry_set", "TargetObjekt", "did you mean 'TargetObject'?")]
    [InlineData("ps_script", "ScriptBlokText", "did you mean 'ScriptBlockText'?")]
    [InlineData("process_access", "GrantedAcess", "did you mean 'GrantedAccess'?")]
    public void A_mistyped_field_is_a_fault(string category, string field, string hint) =>
        Assert.EndsWith(hint, Assert.Single(Sigma.Faults(Rule($"category: {category}", field))), StringComparison.Ordinal);

    [Theory]
    [InlineData("category: process_creation", "DecodedCommand")]
    [InlineData("category: registry_event", "Details")]
    [InlineData("category: dns_query", "QueryResults")]
    [InlineData("category: image_load", "AgentName")]
    [InlineData("category: wmi_event", "Destination")]
    [InlineData("service: security", "TargetSid")]
    [InlineData("category: registry_set, service: sysmon", "Anything")]
    public void What_a_sensor_or_a_log_has_is_none(string source, string field) => Assert.Empty(Sigma.Faults(Rule(source, field)));

    [Theory]
    [InlineData("process_access", "CallTrace")]
    [InlineData("create_remote_thread", "StartFunction")]
    [InlineData("process_creation", "LogonId")]
    [InlineData("registry_set", "EventID")]
    public void What_only_Sysmon_has_is_for_its_logs(string category, string field)
    {
        Assert.EndsWith("is not collected here", Assert.Single(Sigma.Faults(Rule($"category: {category}", field))), StringComparison.Ordinal);
        Assert.Empty(Sigma.Faults(Rule($"category: {category}", field), new RuleOptions { ForRecordedEvents = true }));
    }

    private static string Rule(string source, string field) =>
        $"title: T\nlogsource: {{product: windows, {source}}}\ndetection: {{s: {{{field}: x}}, condition: s}}\n";
}
