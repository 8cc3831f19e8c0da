using Mark = Canary.Rules.SigmaText.Mark;

namespace Canary.Rules;

/// <summary>Replaces <c>%name%</c> by the values that canary.yml gives it. <c>\%</c> is a percent sign.</summary>
internal static class Placeholders
{
    private const int Most = 5000;

    public static IEnumerable<SigmaText> Expand(SigmaText text, RuleOptions options)
    {
        var results = new List<SigmaText> { text.Slice(0, 0) };
        int from = 0;
        for (int i = 0; i < text.Characters.Length; i++)
        {
            if (text.Characters[i] == '\\' && text.Marks[i] == Mark.Literal && i + 1 < text.Characters.Length && text.Characters[i + 1] == '%')
            {
                Append(results, text.Slice(from, i));
                Append(results, SigmaText.Literally("%"));
                from = ++i + 1;
            }
            else if (text.Characters[i] == '%' && text.Characters.IndexOf('%', i + 1) is > 0 and int end)
            {
                string name = text.Characters[(i + 1)..end];
                if (!options.Placeholders.TryGetValue(name, out var values) || values.Count == 0)
                    throw new ModifierFault($"placeholder '%{Canary.Text.Printable.Line(name, 60)}%' has no value; give it one under rules.placeholders in canary.yml");
                Append(results, text.Slice(from, i));
                results = [.. results.SelectMany(r => values.Select(v => SigmaText.Concat(r, SigmaText.Parse(v)))).Take(Most + 1)];
                from = end + 1;
                i = end;
            }

            if (results.Count > Most)
                throw new ModifierFault($"the placeholders stand for more than {Most} values");
        }

        Append(results, text.Slice(from, text.Characters.Length));
        return results;
    }

    private static void Append(List<SigmaText> results, SigmaText tail)
    {
        for (int i = 0; i < results.Count; i++)
            results[i] = SigmaText.Concat(results[i], tail);
    }
}
