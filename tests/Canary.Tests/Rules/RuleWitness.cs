using System.Text;
using Canary.Findings;
using Canary.Rules;
using Mark = Canary.Rules.SigmaText.Mark;

namespace Canary.Tests.Rules;

/// <summary>Makes, of a rule's own values, an event on which it should fire. Simple on purpose: what it cannot meet, the test counts.</summary>
internal sealed class RuleWitness
{
    private readonly Dictionary<Field, Wanted> _fields = [];

    public static RecordSubject Of(Rule rule)
    {
        var made = new RuleWitness();
        made.Meet(rule.Condition);
        var source = rule.Source with { Product = rule.Source.Product ?? "windows" };
        return new RecordSubject(source, made._fields.Select(f => KeyValuePair.Create(f.Key.Name, f.Value.Value())), Sigma.Noon);
    }

    private void Meet(Condition condition)
    {
        switch (condition)
        {
            case AllOf all:
                foreach (var part in all.Parts)
                    Meet(part);
                break;
            case AnyOf any:
                // The way that asks for the least, and for no expression where there is another.
                Meet(any.Parts.MinBy(p => p.Tree().Count() + (100 * p.Tree().Count(IsHard)))!);
                break;
            case Selection selection:
                Meet(selection.Parts[0]);
                break;
            case FieldTest test:
                Of(test.Field).Meet(test.Test, this);
                break;
            case KeywordTest keyword:
                Of(Field.Named("Message")).Meet(keyword.Test, this);
                break;
            case Not not:
                Refute(not.Parts[0]);
                break;
        }
    }

    /// <summary>What a filter asks for is left out; what it asks to be absent is put in.</summary>
    private void Refute(Condition condition)
    {
        switch (condition)
        {
            case AnyOf or Selection:
                foreach (var part in condition.Parts)
                    Refute(part);
                break;
            case AllOf all:
                Refute(all.Parts[0]);
                break;
            case FieldTest { Test: NullTest or GlobTest { Glob.Source.Characters: "" } } absent:
                Of(absent.Field).Contains(SigmaText.Literally("some " + absent.Field.Name));
                break;
            case Not not:
                Meet(not.Parts[0]);
                break;
        }
    }

    private static bool IsHard(Condition condition) => condition is FieldTest { Test: RegexTest } or KeywordTest { Test: RegexTest };

    private Wanted Of(Field field) => _fields.TryGetValue(field, out var wanted) ? wanted : _fields[field] = new Wanted();

    private sealed class Wanted
    {
        private readonly List<string> _inner = [];
        private string _start = "";
        private string _end = "";
        private FieldValue? _whole;

        public FieldValue Value() => _whole ?? FieldValue.Of(string.Join(' ', ((string[])[_start, .. _inner, _end]).Where(p => p.Length > 0)));

        public void Contains(SigmaText text)
        {
            if (_whole is null)
                _inner.Add(Plain(text));
        }

        public void Meet(ValueTest test, RuleWitness made)
        {
            switch (test)
            {
                case GlobTest { Glob.Source: { } text }:
                    bool openStart = text.Marks is [Mark.Any, ..], openEnd = text.Marks is [.., Mark.Any];
                    if (!openStart && !openEnd)
                        _whole = FieldValue.Of(Plain(text));
                    else if (openStart && openEnd)
                        Contains(text);
                    else if (openStart)
                        _end = Plain(text);
                    else
                        _start = Plain(text);
                    break;
                case NumberTest number:
                    _whole = FieldValue.Of(number.Wanted);
                    break;
                case BooleanTest truth:
                    _whole = FieldValue.Of(truth.Wanted);
                    break;
                case NullTest:
                    _whole = FieldValue.Null;
                    break;
                case CidrTest cidr:
                    _whole = FieldValue.Of(cidr.Words.Split(' ')[^1].Split('/')[0]);
                    break;
                case RegexTest expression:
                    _inner.Add(RegexSample.Of(expression.Regex.ToString()));
                    break;
                case FieldRefTest reference:
                    _whole = FieldValue.Of("same");
                    made.Of(Field.Named(reference.Words.Split(' ')[^1]))._whole = FieldValue.Of("same");
                    break;
                case ExistsTest { Wanted: true }:
                    _inner.Add("x");
                    break;
            }
        }

        private static string Plain(SigmaText text)
        {
            var plain = new StringBuilder();
            for (int i = 0; i < text.Characters.Length; i++)
            {
                if (text.Marks[i] != Mark.Any)
                    plain.Append(text.Marks[i] switch { Mark.One => 'x', Mark.Dash => '-', _ => text.Characters[i] });
                else if (i > 0 && i < text.Characters.Length - 1)
                    plain.Append('x');
            }

            return plain.ToString();
        }
    }
}
