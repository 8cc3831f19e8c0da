using System.Diagnostics;
using Canary.Commands;
using Canary.Config;
using Canary.Findings;
using Canary.Rules;
using Canary.Tests.Support;
using Canary.Yaml;
using Xunit;
using Xunit.Abstractions;

namespace Canary.Tests.Rules;

/// <summary>The community's rules, dropped in as they are: what does not load is refused for a reason that Sigma's specification gives.</summary>
public sealed class SigmaHqTests(ITestOutputHelper output)
{
    private const int Rules = 3780;

    // The standard ones of the specification, and those that single rules ask for.
    private static readonly string[] Placeholders =
    [
        "Administrators", "JumpServers", "Workstations", "Servers", "DomainControllers",
        "Admins_Workstations", "ApprovedUserUpn", "Approved_Inviters", "DC-MACHINE-NAME", "HomeTenantID", "Important_AppIds", "KNOWN_LOCATION",
        "Known_Location", "Legitimate_Countries", "Legitimate_IP_Ranges", "ServerSystems", "UnApprovedDevice", "UnApprovedIp", "UnLegitCountries",
        "dc_ip_addresses", "dc_machine_accounts", "domain_controller_hostnames", "internal_domains", "known_cdcs", "legit_ips",
        "legtimate_identifiers", "userdomain",
    ];

    // The first one never fires: it wants a command line that is one word and holds braces. For the others the maker of events is too simple.
    private static readonly string[] Unmet =
    [
        "proc_creation_win_xwizard_runwizard_com_object_exec",
        "file_event_lnx_exploit_cve_2025_32463", "image_load_wsman_provider_image_load", "pipe_created_hktl_efspotato",
        "proc_creation_win_cmd_no_space_execution", "proc_creation_win_cmd_path_traversal", "proc_creation_win_net_use_password_plaintext",
        "proc_creation_win_vmware_vmtoolsd_susp_child_process",
    ];

    [Fact]
    public void Every_rule_loads_or_is_refused_for_a_reason_of_the_specification()
    {
        Assert.Equal(Rules, SigmaHq.All.Count);
        var clock = Stopwatch.StartNew();
        var load = RuleLoader.Load(SigmaHq.All);
        output.WriteLine($"{load.Book.Rules.Count} rules in {clock.ElapsedMilliseconds} ms");
        var reasons = load.Errors.GroupBy(e => e.File).Select(file => file.Select(Reason).Distinct().Single()).GroupBy(r => r).ToDictionary(g => g.Key, g => g.Count());
        foreach (var (reason, count) in reasons)
            output.WriteLine($"{count} refused: {reason}");
        Assert.Equal(
            new Dictionary<string, int>
            {
                // "A tool that cannot resolve a placeholder must reject the rule."
                ["unresolved placeholder"] = 24,
                // A search identifier is [A-Za-z0-9_-]+: `select_tree_execution|endswith` can be named in no condition.
                ["not a search identifier"] = 1,
                // Sysmon has LogonId, CallTrace, StartModule and others. No sensor of ours does: the rule would stand and never match.
                ["field that is not collected here"] = 41,
            },
            reasons);
        Assert.Equal((Rules, Rules - 66, 25, 41), (load.Documents, load.Book.Rules.Count, load.Refused, load.Unsupported));
    }

    [Fact]
    public void With_its_placeholders_defined_in_the_configuration_every_placeholder_rule_loads()
    {
        var faults = new Diagnostics();
        string text = "rules:\n  placeholders:\n" + string.Concat(Placeholders.Select((name, i) => $"    {name}: [value-{i}, 'wild*{i}']\n"));
        var config = CanaryConfig.Parse(text, "canary.yml", faults);
        Assert.Empty(faults.All);
        var load = RuleLoader.Load(SigmaHq.All, Settings.OptionsOf(config));
        Assert.DoesNotContain(load.Errors, e => e.Message.Contains("placeholder", StringComparison.Ordinal));
        Assert.Equal((Rules - 42, 1, 41), (load.Book.Rules.Count, load.Refused, load.Unsupported));
    }

    [Fact]
    public void A_log_of_another_sensor_may_have_the_fields_that_ours_lacks()
    {
        var load = RuleLoader.Load(SigmaHq.All, new RuleOptions { ForRecordedEvents = true });
        Assert.Equal((Rules - 26, 26, 0), (load.Book.Rules.Count, load.Refused, load.Unsupported));
        var omigod = new RecordSubject(
            new LogSource("linux", "process_creation"),
            [
                new("User", FieldValue.Of("root")), new("LogonId", FieldValue.Of("0")), new("CurrentDirectory", FieldValue.Of("/var/opt/microsoft/scx/tmp")),
                new("CommandLine", FieldValue.Of("sh /etc/opt/microsoft/scx/conf/tmpdir/scxA1")),
            ],
            Sigma.Noon);
        Assert.Contains("proc_creation_lnx_omigod_scx_runasprovider_executescript", Sigma.Findings(load.Book, omigod).Select(f => f.Rule.Slug));
    }

    [Fact]
    public void Authors_are_kept() => Assert.DoesNotContain(SigmaHq.Load.Book.Rules, r => string.IsNullOrEmpty(r.Facts.Author));

    /// <summary>No rule is quietly dead, and the index says what the full scan says: each rule is given an event made of its own values.</summary>
    [Fact]
    public void Nearly_every_rule_fires_on_an_event_made_for_it_and_the_index_agrees_with_the_full_scan()
    {
        var book = SigmaHq.Load.Book;
        var engine = new RuleEngine(book, matching: RuleMatching.Verified);
        var dead = new List<string>();
        int hits = 0;
        foreach (var rule in book.Rules)
        {
            engine.Evaluate(RuleWitness.Of(rule), []);
            hits += engine.Matched.Count;
            if (!engine.Matched.Contains(rule))
                dead.Add(rule.Facts.Slug);
        }

        output.WriteLine($"{engine.Events} events, {hits} matches, {dead.Count} rules without an event of their own:\n{string.Join('\n', dead)}");
        Assert.Equal(0, engine.Disagreements);
        Assert.Equal(book.Rules.Count, engine.Events);
        Assert.Equal(Unmet.Order(StringComparer.Ordinal), dead.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_rule_can_be_explained()
    {
        var book = SigmaHq.Load.Book;
        var silent = new List<string>();
        foreach (var rule in book.Rules)
        {
            var alone = new RuleBook([rule], book.Fields);
            var near = RuleExplanation.Of(alone, rule, [Sigma.Event(rule.Source, ("Unrelated", "x"))]);
            var full = RuleExplanation.Of(alone, rule, [RuleWitness.Of(rule)]);
            if (near.Decided.Count == 0 || near.Fires == near.Missing.Count > 0 || full.Fires == full.Missing.Count > 0)
                silent.Add(rule.Facts.Slug);
        }

        Assert.Empty(silent);
    }

    private static string Reason(Diagnostic fault) =>
        fault.Message.StartsWith("placeholder '%", StringComparison.Ordinal) && !fault.Unsupported ? "unresolved placeholder"
        : fault.Message.EndsWith("a modifier belongs to a field, and a selection has none of its own", StringComparison.Ordinal) ? "not a search identifier"
        : fault.Message.EndsWith("' is not collected here", StringComparison.Ordinal) && fault.Unsupported ? "field that is not collected here"
        : fault.ToString();
}
