using System.Buffers;
using Canary.Findings;

namespace Canary.Rules;

/// <summary>«Field contains one of these»: a list of literals that is looked for in one pass.</summary>
internal sealed class LiteralList : Condition
{
    private const int Least = 3;

    private readonly FieldTest[] _tests;

    // Made when first needed: with an index few lists ever are.
    private SearchValues<string>? _search;

    private LiteralList(FieldTest[] tests) => _tests = tests;

    public override IReadOnlyList<Condition> Parts => _tests;

    public override int Cost => 20;

    /// <summary>The parts of an «or», in the order in which they are best asked, with lists taken together.</summary>
    public static Condition[] Gather(IReadOnlyList<Condition> parts)
    {
        var gathered = new List<Condition>();
        foreach (var group in parts.GroupBy(part => part is FieldTest { Test: GlobTest { Glob.Searched: not null } } test ? test.Slot : -1))
        {
            if (group.Key >= 0 && group.Count() >= Least)
                gathered.Add(new LiteralList([.. group.Cast<FieldTest>()]));
            else
                gathered.AddRange(group);
        }

        return [.. gathered.OrderBy(part => part.Cost)];
    }

    public override bool Holds(Reading reading)
    {
        if (reading[_tests[0].Slot].Text is { } text)
        {
            _search ??= SearchValues.Create([.. _tests.Select(t => ((GlobTest)t.Test).Glob.Searched!)], StringComparison.OrdinalIgnoreCase);
            return text.AsSpan().ContainsAny(_search);
        }

        foreach (var test in _tests)
        {
            if (test.Holds(reading))
                return true;
        }

        return false;
    }

    // Only a stand-in for deciding: what an alert tells comes from the tests themselves.
    public override void Collect(Reading reading, string by, List<MatchedField> into)
    {
    }
}
