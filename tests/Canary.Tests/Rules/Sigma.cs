using Canary.Findings;
using Canary.Rules;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>Rules and events for tests, in as few words as they need.</summary>
internal static class Sigma
{
    public const string Head = "title: T\nlogsource: {product: windows, category: any}\n";
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly LogSource Windows = new("windows", "any");

    /// <summary>The book of these files, which must be sound.</summary>
    public static RuleBook Book(params (string Name, string Text)[] files)
    {
        var load = Load(RuleOptions.Default, files);
        Assert.Empty(load.Errors.Select(e => e.ToString()));
        return load.Book;
    }

    public static RuleLoad Load(RuleOptions options, params (string Name, string Text)[] files) =>
        RuleLoader.Load(files.Select(f => new RuleSource(f.Name, f.Text)), options);

    /// <summary>What `rules check` says of one file.</summary>
    public static string[] Faults(string text, RuleOptions? options = null) =>
        [.. Load(options ?? RuleOptions.Default, ("r.yml", text)).Errors.Select(e => e.ToString())];

    /// <summary>Whether one item, as the whole detection, holds for an event.</summary>
    public static bool Item(string item, params (string, object?)[] fields) =>
        Detection($"detection:\n  sel:\n    {item.ReplaceLineEndings("\n    ")}\n  condition: sel\n", fields);

    public static bool Detection(string detection, params (string, object?)[] fields) => Detection(RuleOptions.Default, detection, fields);

    public static bool Detection(RuleOptions options, string detection, params (string, object?)[] fields)
    {
        var load = Load(options, ("r.yml", Head + detection));
        Assert.Empty(load.Errors.Select(e => e.ToString()));
        return Findings(load.Book, Event(Windows, fields)).Count > 0;
    }

    public static RecordSubject Event(params (string, object?)[] fields) => Event(Windows, fields);

    public static RecordSubject Event(LogSource source, params (string, object?)[] fields) =>
        new(source, fields.Select(f => KeyValuePair.Create(f.Item1, Value(f.Item2))), Noon);

    public static List<Finding> Findings(RuleBook book, params Subject[] subjects)
    {
        var engine = new RuleEngine(book);
        var found = new List<Finding>();
        foreach (var subject in subjects)
            engine.Evaluate(subject, found);
        return found;
    }

    private static FieldValue Value(object? value) => value switch
    {
        null => FieldValue.Null,
        string text => FieldValue.Of(text),
        bool truth => FieldValue.Of(truth),
        string[] list => FieldValue.Of(list),
        _ => FieldValue.Of(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
