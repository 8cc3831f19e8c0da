using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Makes a book of rule files. Every fault of every file is reported at once; a faulty rule does not keep the others out.</summary>
public sealed class RuleLoader
{
    private readonly RuleOptions _options;
    private readonly Diagnostics _faults = new();
    private readonly FieldSlots _slots = new();
    private readonly List<RuleDraft> _drafts = [];
    private readonly List<FilterDraft> _filters = [];
    private readonly Dictionary<string, RuleDraft> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RuleDraft> _bySlug = new(StringComparer.Ordinal);
    private int _documents;
    private int _refused;
    private int _unsupported;

    private RuleLoader(RuleOptions options) => _options = options;

    public static RuleLoad Load(IEnumerable<RuleSource> sources, RuleOptions? options = null, IEnumerable<Diagnostic>? unread = null)
    {
        var loader = new RuleLoader(options ?? RuleOptions.Default);
        int files = 0;
        foreach (var source in sources)
        {
            files++;
            loader.Read(source);
        }

        var resolver = new ReferenceResolver(loader._drafts, loader._faults);
        resolver.Resolve();
        loader._refused += resolver.Refused;
        foreach (var filter in loader._filters)
        {
            int before = loader._faults.Count;
            filter.Apply(resolver.ByReference, loader._drafts.Select(d => d.Rule), loader._faults);
            loader.Count(before);
        }

        var rules = loader._drafts.Select(d => d.Rule).OrderBy(r => r.Facts.Slug, StringComparer.Ordinal).ToArray();
        var errors = (unread ?? []).Concat(loader._faults.All)
            .OrderBy(e => e.File, StringComparer.Ordinal).ThenBy(e => e.Line).ThenBy(e => e.Column).ToArray();
        return new RuleLoad(
            new RuleBook(rules, loader._slots.ToArray()), errors, files, loader._documents, loader._refused, loader._unsupported);
    }

    private void Read(RuleSource source)
    {
        int before = _faults.Count;
        var documents = YamlReader.ReadAll(source.Text, source.Path, _faults);
        _documents += Math.Max(1, documents.Count);
        if (_faults.Count > before)
        {
            // What the reader could not take in whole might mean something else than what was written.
            _refused += Math.Max(1, documents.Count);
            return;
        }

        if (documents.Count == 0)
            _documents--;
        string slug = Path.GetFileNameWithoutExtension(source.Path);
        for (int i = 0; i < documents.Count; i++)
        {
            before = _faults.Count;
            Read(source, documents[i], documents.Count == 1 ? slug : Slug(documents[i], slug, i));
            Count(before);
        }
    }

    private void Read(RuleSource source, YamlNode document, string slug)
    {
        if (document is not YamlMap map)
        {
            _faults.Add(document, "a rule is a map with title, logsource and detection");
            return;
        }

        if (map.Find("filter") is not null)
        {
            if (new FilterReader(source, _slots, _options, _faults).Read(map, slug) is { } filter)
                _filters.Add(filter);
            return;
        }

        if (map.Find("action") is { } action)
        {
            _faults.Add(action, "'action' belongs to old Sigma; write a whole rule in each document", unsupported: true);
            return;
        }

        var draft = map.Find("correlation") is not null
            ? new CorrelationReader(source, _slots, _options, _faults).Read(map, slug)
            : new RuleReader(source, _slots, _options, _faults).Read(map, slug);
        if (draft is not null && IsNew(draft))
            _drafts.Add(draft);
    }

    /// <summary>True unless the id or the name is taken. A user's rule takes the place of the built-in one of the same id or name.</summary>
    private bool IsNew(RuleDraft draft)
    {
        var facts = draft.Rule.Facts;
        var (byId, bySlug) = (_byId.GetValueOrDefault(facts.Id), _bySlug.GetValueOrDefault(facts.Slug));
        foreach (var other in (RuleDraft?[])[byId, bySlug])
        {
            if (other is null || (other.Rule.BuiltIn && !draft.Rule.BuiltIn))
                continue;
            _faults.Add(draft.At, other == byId
                ? $"id {facts.Id} is taken by {other.At.File}:{other.At.Line}"
                : $"the name '{Printable.Line(facts.Slug, 80)}' is taken by {other.At.File}:{other.At.Line}; give the file another name");
            return false;
        }

        if (byId is not null || bySlug is not null)
            _drafts.RemoveAll(d => d == byId || d == bySlug);
        _byId[facts.Id] = _bySlug[facts.Slug] = draft;
        return true;
    }

    private void Count(int before)
    {
        if (_faults.Count == before)
            return;
        bool unsupported = _faults.All.Skip(before).All(f => f.Unsupported);
        _ = unsupported ? _unsupported++ : _refused++;
    }

    private static string Slug(YamlNode document, string file, int index) =>
        document is YamlMap map && map.Find("name") is YamlScalar { Text.Length: > 0 } name ? name.Text : $"{file}-{index + 1}";
}
