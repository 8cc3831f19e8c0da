using System.Globalization;
using Canary.Findings;
using Canary.Rules;
using Canary.Tests.Support;

namespace Canary.Tests.Rules;

/// <summary>The events of <c>benign-work.txt</c>, as one agent session sees them, two seconds apart.</summary>
internal sealed class BenignWork
{
    public const string Session = "a-day";
    private const string AgentImage = "/home/dev/.local/share/claude/versions/2.1.270";
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    private readonly List<Subject> _events = [];
    private readonly List<string> _projects = [];

    // The processes above the next one, outermost first: the agent, its shell, and what that started.
    private readonly List<(string Image, string CommandLine)> _above = [(AgentImage, "claude")];
    private DateTimeOffset _time = Sigma.Noon;

    public IReadOnlyList<Subject> Events => _events;

    public IReadOnlyList<string> Projects => _projects;

    public DateTimeOffset End => _time;

    public static BenignWork Read()
    {
        var work = new BenignWork();
        foreach (string line in File.ReadLines(Checkout.At("tests/Canary.Tests/Rules/benign-work.txt")))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.StartsWith("== ", StringComparison.Ordinal))
                work._projects.Add(line[3..]);
            else
                work.Take(line[..line.IndexOf(' ')], line[(line.IndexOf(' ') + 1)..]);
        }

        return work;
    }

    private void Take(string mark, string text)
    {
        if (mark == "$")
            Start(1, "/usr/bin/bash", "/bin/bash -c " + text.Replace("\\n", "\n", StringComparison.Ordinal));
        else if (mark[0] == '>')
            Start(1 + mark.Length, Part(text, 0), Part(text, 1));
        else
            Act(mark, Part(text, 0), Part(text, 1), Part(text, 2));
    }

    private void Start(int depth, string image, string commandLine)
    {
        if (depth > _above.Count)
            depth = _above.Count;
        _above.RemoveRange(depth, _above.Count - depth);
        Add("process_creation", image, commandLine, depth);
        _above.Add((image, commandLine));
    }

    private void Act(string mark, string image, string commandLine, string what)
    {
        // Who acts was started by the shell, except for the agent itself.
        int depth = image == "agent" ? 0 : Math.Min(2, _above.Count);
        if (image == "agent")
            (image, commandLine) = (AgentImage, "claude");
        string[] words = what.Split(' ');
        switch (mark)
        {
            case "r":
                Add("file_access", image, commandLine, depth, ("FileName", what), ("TargetFilename", what));
                break;
            case "w":
                Add("file_event", image, commandLine, depth, ("TargetFilename", what), ("FileName", what), ("Detail", "create"));
                Add("file_event", image, commandLine, depth, ("TargetFilename", what), ("FileName", what), ("Detail", "write"));
                break;
            case "m":
                Add("file_rename", image, commandLine, depth, ("SourceFilename", what + ".tmp"), ("FileName", what + ".tmp"), ("TargetFilename", what));
                break;
            case "d":
                Add("file_delete", image, commandLine, depth, ("TargetFilename", what), ("FileName", what));
                break;
            case "c":
                Add("file_change", image, commandLine, depth, ("TargetFilename", what), ("FileName", what));
                break;
            case "n":
                Add("network_connection", image, commandLine, depth, ("DestinationIp", words[0]),
                    ("DestinationPort", double.Parse(words[1], CultureInfo.InvariantCulture)), ("Protocol", "tcp"), ("Initiated", true));
                break;
            case "q":
                Add("dns_query", image, commandLine, depth, ("QueryName", what), ("QueryType", 1.0));
                break;
            default:
                throw new FormatException($"no such mark: {mark}");
        }
    }

    private void Add(string category, string image, string commandLine, int depth, params (string, object?)[] more)
    {
        var above = _above.Take(depth).Reverse().ToArray();
        var fields = new Dictionary<string, FieldValue>(StringComparer.Ordinal)
        {
            ["Image"] = FieldValue.Of(image),
            ["CommandLine"] = FieldValue.Of(commandLine),
            ["RawCommandLine"] = FieldValue.Of(commandLine),
            ["RequestedImage"] = FieldValue.Of(image),
            ["CurrentDirectory"] = FieldValue.Of("/home/dev/work"),
            ["User"] = FieldValue.Of("dev"),
            ["AgentName"] = FieldValue.Of("claude-code"),
            ["AgentSession"] = FieldValue.Of(Session),
            ["AgentVerified"] = FieldValue.Of(true),
            ["AgentAttribution"] = FieldValue.Of("agent"),
            ["AncestorImages"] = FieldValue.Of([.. above.Select(a => a.Image)]),
            ["AncestorCommandLines"] = FieldValue.Of([.. above.Select(a => a.CommandLine)]),
        };
        if (above.Length > 0)
            (fields["ParentImage"], fields["ParentCommandLine"]) = (FieldValue.Of(above[0].Image), FieldValue.Of(above[0].CommandLine));
        if (above.Length > 1)
            (fields["GrandParentImage"], fields["GrandParentCommandLine"]) = (FieldValue.Of(above[1].Image), FieldValue.Of(above[1].CommandLine));
        foreach (var (name, value) in more)
            fields[name] = value switch { bool truth => FieldValue.Of(truth), double number => FieldValue.Of(number), _ => FieldValue.Of((string?)value) };
        _events.Add(new RecordSubject(new LogSource("linux", category), fields, _time += Step));
    }

    private static string Part(string text, int index)
    {
        string[] parts = text.Split(" | ");
        return index < parts.Length ? parts[index] : throw new FormatException($"too few parts: {text}");
    }
}
