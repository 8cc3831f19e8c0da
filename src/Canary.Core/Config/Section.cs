using System.Globalization;
using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Config;

/// <summary>
/// One map of canary.yml while it is read. Each value is asked for by its key; what was never asked for is an unknown key. A faulty
/// value is reported and replaced by the built-in one, so that all faults are found at once.
/// </summary>
internal sealed class Section
{
    private readonly YamlMap? _map;
    private readonly string _path;
    private readonly Diagnostics _diagnostics;
    private readonly List<string> _asked = [];
    private readonly ICollection<ConfigKey>? _every;

    /// <param name="every">Gathers each key asked for: what canary.yml can say.</param>
    public Section(YamlNode? node, string path, Diagnostics diagnostics, ICollection<ConfigKey>? every = null)
    {
        _map = node as YamlMap;
        _path = path;
        _diagnostics = diagnostics;
        _every = every;
        if (node is not null and not YamlMap and not YamlScalar { IsNull: true })
            diagnostics.Add(node, path.Length == 0 ? "expected sections such as 'email:'" : $"'{path}' must hold keys and values");
    }

    public bool IsPresent => _map is not null;

    public YamlNode? Node(string key) => Node(new ConfigKey(key, ConfigShape.Any));

    /// <summary>A list of maps with keys of their own.</summary>
    public YamlNode? Maps(string key) => Node(new ConfigKey(key, ConfigShape.Maps));

    private YamlNode? Node(ConfigKey shape)
    {
        string key = shape.Path;
        _asked.Add(key);
        _every?.Add(shape with { Path = Name(key) });
        return _map?.Find(key) is { } node and not YamlScalar { IsNull: true } ? node : null;
    }

    public Section Map(string key) => new(Node(new ConfigKey(key, ConfigShape.Map)), Name(key), _diagnostics, _every);

    public bool Has(string key) => _map?.Find(key) is not null;

    public string? Text(string key)
    {
        switch (Node(new ConfigKey(key, ConfigShape.Text)))
        {
            case null:
                return null;
            case YamlScalar { Text.Length: > 0 } scalar:
                return scalar.Text;
            case { } other:
                _diagnostics.Add(other, $"'{Name(key)}' must be a word or a text");
                return null;
        }
    }

    /// <summary>A day, as 2026-12-31; null where there is none.</summary>
    public DateOnly? Date(string key)
    {
        switch (Node(new ConfigKey(key, ConfigShape.Date)))
        {
            case null:
                return null;
            case YamlScalar scalar when DateOnly.TryParseExact(scalar.Text, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day):
                return day;
            case { } other:
                _diagnostics.Add(other, $"'{Name(key)}' must be a day, as 2026-12-31");
                return null;
        }
    }

    public bool Boolean(string key, bool otherwise) => Read(
        new ConfigKey(key, ConfigShape.Boolean) { BuiltIn = otherwise ? "true" : "false" }, otherwise, "true or false", static s => s.AsBoolean());

    public int Integer(string key, int otherwise, int least, int most) => Read(
        new ConfigKey(key, ConfigShape.Integer) { BuiltIn = otherwise.ToString(CultureInfo.InvariantCulture), Least = least, Most = most }, otherwise, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"),
        s => s.AsInteger() is { } value && value >= least && value <= most ? (int)value : null);

    public TimeSpan Duration(string key, TimeSpan otherwise, TimeSpan least) => Read(
        new ConfigKey(key, ConfigShape.Duration) { BuiltIn = Canary.Text.Duration.Write(otherwise) }, otherwise,
        least == TimeSpan.Zero ? Canary.Text.Duration.Form : $"at least {Canary.Text.Duration.Write(least)}, written as {Canary.Text.Duration.Form}",
        s => Canary.Text.Duration.TryParse(s.Text, out var value) && value >= least ? value : null);

    public long Size(string key, long otherwise, long least) => Read(
        new ConfigKey(key, ConfigShape.Size) { BuiltIn = ByteSize.Write(otherwise).Replace(" ", "", StringComparison.Ordinal) }, otherwise, $"at least {ByteSize.Write(least)}, written as {ByteSize.Form}",
        s => ByteSize.TryParse(s.Text, out long value) && value >= least ? value : null);

    public Level Level(string key, Level otherwise) => Word(key, otherwise, LevelWords, static word => Levels.TryParse(word, out var level) ? level : null);

    /// <summary>One of a few words.</summary>
    public T Word<T>(string key, T otherwise, IReadOnlyList<string> words, Func<string, T?> parse)
        where T : struct
    {
        string? builtIn = words.FirstOrDefault(word => parse(word) is { } named && named.Equals(otherwise));
        var node = Node(new ConfigKey(key, ConfigShape.Word) { Words = words, BuiltIn = builtIn });
        if (node is null)
            return otherwise;
        if (node is YamlScalar scalar && parse(scalar.Text) is { } value)
            return value;
        string wrong = (node as YamlScalar)?.Text ?? "";
        _diagnostics.Add(node, $"'{Name(key)}' must be one of {string.Join(", ", words)}{Nearest.Suggestion(wrong, words)}");
        return otherwise;
    }

    /// <summary>A list of texts; a single text stands for a list of one.</summary>
    public IReadOnlyList<string> Texts(string key) => Texts(Node(new ConfigKey(key, ConfigShape.Texts)), Name(key));

    public IReadOnlyList<string> Texts(YamlNode? node, string name)
    {
        var texts = new List<string>();
        foreach (var item in node is YamlList list ? list.Items : node is null ? [] : [node])
        {
            if (item is YamlScalar { Text.Length: > 0, IsNull: false } scalar)
                texts.Add(scalar.Text);
            else
                _diagnostics.Add(item, $"'{name}' must be a list of texts");
        }

        return texts;
    }

    /// <summary>The keys and values of a map whose keys the user chooses.</summary>
    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries(string key)
    {
        var node = Node(new ConfigKey(key, ConfigShape.Entries));
        if (node is not null and not YamlMap)
            _diagnostics.Add(node, $"'{Name(key)}' must hold names and values");
        return (node as YamlMap)?.Entries ?? [];
    }

    public void Fault(string key, string message)
    {
        if ((_map?.Find(key) ?? _map) is { } node)
            _diagnostics.Add(node, message);
    }

    /// <param name="at">A part of the value of <paramref name="key"/>.</param>
    public void Fault(string key, YamlNode at, string message)
    {
        if (_asked.Contains(key))
            _diagnostics.Add(at, message);
    }

    /// <summary>Reports what was never asked for.</summary>
    public void End()
    {
        foreach (var (key, _) in _map?.Entries ?? [])
        {
            if (!_asked.Contains(key.Text))
                _diagnostics.Add(key, $"unknown key '{Printable.Line(key.Text, 60)}'{(_path.Length > 0 ? $" in '{_path}'" : "")}{Hint(key.Text)}");
        }
    }

    private string Hint(string key) => Nearest.To(key, _asked) is { } near
        ? $"; did you mean '{near}'?"
        : "; known are " + string.Join(", ", _asked.Distinct(StringComparer.Ordinal));

    private T Read<T>(ConfigKey key, T otherwise, string form, Func<YamlScalar, T?> parse)
        where T : struct
    {
        var node = Node(key);
        if (node is null)
            return otherwise;
        if (node is YamlScalar scalar && parse(scalar) is { } value)
            return value;
        _diagnostics.Add(node, $"'{Name(key.Path)}' must be {form}");
        return otherwise;
    }

    private string Name(string key) => _path.Length == 0 ? key : _path + "." + key;

    internal const string DateForm = "yyyy-MM-dd";

    internal static readonly IReadOnlyList<string> LevelWords = ["informational", "low", "medium", "high", "critical"];
}
