using Canary.Findings;

namespace Canary.Rules;

/// <summary>An event from a record of names and values: a rule's own test case, or a line of a log that is replayed.</summary>
public sealed class RecordSubject : Subject
{
    private readonly RecordShape _shape;
    private readonly FieldValue[] _values;
    private readonly LogSource _source;
    private readonly DateTimeOffset _time;
    private readonly string? _session;
    private ProcessFacts[]? _chain;

    public RecordSubject(LogSource source, IEnumerable<KeyValuePair<string, FieldValue>> fields, DateTimeOffset time, string? session = null)
    {
        var all = fields.ToArray();
        _source = source;
        _time = time;
        _session = session;
        _shape = new RecordShape([.. all.Select(f => f.Key)]);
        _values = [.. all.Select(f => f.Value)];
    }

    /// <param name="values">By the numbers of the shape; from here on the subject's own.</param>
    public RecordSubject(LogSource source, RecordShape shape, FieldValue[] values, DateTimeOffset time, string? session)
    {
        _source = source;
        _time = time;
        _session = session;
        _shape = shape;
        _values = values;
    }

    public override LogSource Source => _source;

    public override DateTimeOffset Time => _time;

    public override string Type => _source.Category switch
    {
        { } c when c.StartsWith("file_", StringComparison.Ordinal) => "file",
        "network_connection" => "network",
        "dns_query" => "dns",
        "tool_call" or "prompt" => "tool_call",
        "package" or "package_file" => "package",
        "model_file" or "model_load" => "model",
        "agent_config" => "config",
        _ => "process",
    };

    public override string Identity =>
        Value("TargetFilename") ?? Value("DestinationHostname") ?? Value("DestinationIp") ?? Value("QueryName")
        ?? Value("CommandLine") ?? Value("Image") ?? Type;

    public override string? Group => Value("AgentSession") ?? _session;

    public override AgentFacts? Agent => Value("AgentSession") is { } session
        ? new AgentFacts(Value("AgentName") ?? "unknown", session, Value("AgentVerified") != "false", Value("AgentAttribution") ?? "unknown", [])
        : null;

    /// <summary>The actor, then its ancestors as <c>AncestorImages</c> and <c>AncestorCommandLines</c> list them, else the parent and grandparent.</summary>
    public override IReadOnlyList<ProcessFacts> Chain => _chain ??= MakeChain();

    public override FieldValue Get(Field field) => _shape.IndexOf(field) is >= 0 and int at ? _values[at] : default;

    public override IReadOnlyList<Field> Names => _shape.Fields;

    private string? Value(string name) => Get(Field.Named(name)).ToString();

    private ProcessFacts[] MakeChain()
    {
        var images = Get(Field.Named("AncestorImages"));
        var lines = Get(Field.Named("AncestorCommandLines"));
        string?[] image = (string?[]?)images.List ?? (images.Text is { } one ? [one] : [Value("ParentImage"), Value("GrandParentImage")]);
        string?[] line = (string?[]?)lines.List ?? (lines.Text is { } single ? [single] : [Value("ParentCommandLine"), Value("GrandParentCommandLine")]);
        var chain = new List<ProcessFacts> { Facts(Value("Image"), Value("CommandLine"), Value("CurrentDirectory"), Value("User")) };
        for (int i = 0; i < Math.Max(image.Length, line.Length); i++)
        {
            string? ancestor = i < image.Length ? image[i] : null, command = i < line.Length ? line[i] : null;
            if (ancestor is not null || command is not null)
                chain.Add(Facts(ancestor, command, null, null));
        }

        return [.. chain];
    }

    private ProcessFacts Facts(string? image, string? commandLine, string? directory, string? user) =>
        new(0, _time, image ?? "", commandLine ?? image ?? "", directory, user);
}
