using System.Text;
using Canary.Models;
using Canary.Models.Pickles;
using Xunit;
using Xunit.Abstractions;

namespace Canary.Tests.Models.Pickles;

public sealed class PickleCorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_malicious_pickle_is_denied_or_unknown()
    {
        var verdicts = Judged("malicious/").Concat(Judged("unlisted/")).ToArray();
        Say("malicious", verdicts);
        Assert.True(verdicts.Length >= 150);
        Assert.Empty(verdicts.Where(v => v.Facts.Verdict == ModelVerdict.Allow).Select(v => v.Path));
        Assert.Empty(verdicts.Where(v => v.Facts.LoadsUnderWeightsOnly == true && v.Facts.Verdict == ModelVerdict.Allow).Select(v => v.Path));
    }

    [Fact]
    public void The_list_of_the_bad_is_a_courtesy_only()
    {
        var policy = PickleCorpus.Policy.WithoutDenials();
        var verdicts = Judged("unlisted/", policy).Concat(Judged("malicious/", policy)).ToArray();
        Say("without the list of the bad", verdicts);
        Assert.True(verdicts.Count(v => v.Path.StartsWith("unlisted/", StringComparison.Ordinal)) >= 50);
        Assert.Empty(verdicts.Where(v => v.Facts.Verdict == ModelVerdict.Allow).Select(v => v.Path));
    }

    [Fact]
    public void The_unlisted_are_caught_by_no_entry_of_the_list()
    {
        var listed = Judged("unlisted/").Where(v => v.Facts.Imports.Any(i => i.Verdict == ModelVerdict.Deny)).Select(v => v.Path).ToArray();
        output.WriteLine(string.Join('\n', listed));
        Assert.True(Judged("unlisted/").Count() - listed.Length >= 50);
    }

    [Fact]
    public void At_most_three_of_a_hundred_benign_pickles_are_flagged()
    {
        var verdicts = Judged("benign/").ToArray();
        Say("benign", verdicts);
        Assert.True(verdicts.Length >= 150);
        var flagged = verdicts.Where(v => v.Facts.Verdict != ModelVerdict.Allow).ToArray();
        foreach (var (path, facts) in flagged)
        {
            var imports = facts.Imports.Where(i => i.Verdict != ModelVerdict.Allow).Select(i => $"{i.Qualified} {i.How}");
            output.WriteLine($"{path}: {string.Join("; ", imports.Concat(facts.Anomalies.Select(a => $"{a.Code}: {a.Why} ({a.Place})")))}");
        }

        Assert.True(flagged.Length * 100 <= verdicts.Length * 3, $"{flagged.Length} of {verdicts.Length}: {string.Join(", ", flagged.Select(f => f.Path))}");
    }

    [Fact]
    public void The_malicious_of_modules_that_are_known_to_be_bad_are_denied()
    {
        foreach (var (path, facts) in Judged("malicious/raw/"))
            Assert.True(facts.Verdict == ModelVerdict.Deny, $"{path}: {facts.Verdict}");
    }

    [Fact]
    public void Instructions_and_their_places_are_those_of_pickletools()
    {
        int compared = 0;
        foreach (string row in Encoding.UTF8.GetString(PickleCorpus.Cases["opcodes.tsv"]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] cells = row.Split('\t');
            var (steps, broke) = Steps(PickleCorpus.Cases[cells[0]]);
            Assert.Equal($"{cells[0]}: {cells[1]}", $"{cells[0]}: {string.Join(' ', steps)}");
            Assert.True(cells[2].Length > 0 == broke, cells[0]);
            compared += steps.Count;
        }

        output.WriteLine($"{compared} instructions compared");
        Assert.True(compared > 10_000);
    }

    [Fact]
    public void Every_instruction_of_the_table_stands_in_the_corpus_or_is_known_to_miss()
    {
        var seen = PickleCorpus.Cases.Where(c => c.Key.EndsWith(".pkl", StringComparison.Ordinal)).SelectMany(c => Steps(c.Value).Steps)
            .Select(s => s[..s.IndexOf('@')]).ToHashSet();
        Assert.Equal(68, PickleOpcode.All.Count());
        // Texts and bytes of 4 GiB and more, numbers of 256 bytes and more, and what only loaders with buffers of their own can read.
        Assert.Equal(["BINBYTES8", "LONG4", "READONLY_BUFFER"], PickleOpcode.All.Select(o => o.Name!).Where(n => !seen.Contains(n)).Order());
    }

    private static (List<string> Steps, bool Broke) Steps(byte[] bytes)
    {
        var reader = new PickleReader(new HeldBytes("", bytes), 0);
        var steps = new List<string>();
        try
        {
            while (true)
            {
                var step = reader.Next();
                steps.Add($"{step.Opcode.Name}@{step.Offset}");
                if (step.Opcode.Code == Op.Stop)
                    return (steps, false);
            }
        }
        catch (BrokenPickle)
        {
            return (steps, true);
        }
    }

    private static IEnumerable<(string Path, ModelFacts Facts)> Judged(string folder, ImportPolicy? policy = null) =>
        from path in PickleCorpus.Cases.Keys
        where path.StartsWith(folder, StringComparison.Ordinal)
        select (path, PickleCorpus.Inspect(path, policy));

    private void Say(string what, (string Path, ModelFacts Facts)[] verdicts) =>
        output.WriteLine($"{what}: {verdicts.Length}; " + string.Join(", ", verdicts.GroupBy(v => v.Facts.Verdict).Select(g => $"{g.Key.Word()} {g.Count()}")));
}
