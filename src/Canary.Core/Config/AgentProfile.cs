namespace Canary.Config;

/// <summary>
/// How one agent is recognised. Patterns have <c>*</c> and <c>?</c>; paths are compared with forward slashes, those of Windows in their
/// short spelling and without regard to case.
/// </summary>
public sealed record AgentProfile(string Name)
{
    /// <summary>What people call it.</summary>
    public string Title { get; init; } = "";

    /// <summary>File names that mean this agent wherever they lie; enough to tag, not enough to be sure.</summary>
    public IReadOnlyList<string> Basenames { get; init; } = [];

    /// <summary>Patterns of the executable's, or its script's, full path that confirm it.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Package names (npm, PyPI) whose folder on the path of the executable or script confirms it.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Patterns of the arguments after the program, joined by spaces: <c>-m vllm.*</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Patterns of files that the agent writes, with <c>{session}</c> where its session id stands.</summary>
    public IReadOnlyList<string> SessionFiles { get; init; } = [];

    /// <summary>Options whose value is the session id: <c>--session-id</c>.</summary>
    public IReadOnlyList<string> SessionOptions { get; init; } = [];

    /// <summary>Environment variables of the agent's children that hold its session id.</summary>
    public IReadOnlyList<string> SessionVariables { get; init; } = [];

    /// <summary>True when nothing is said but the name.</summary>
    public bool IsEmpty => Basenames.Count + Paths.Count + Packages.Count + Arguments.Count
        + SessionFiles.Count + SessionOptions.Count + SessionVariables.Count == 0;

    /// <summary>With another entry's marks besides its own.</summary>
    public AgentProfile With(AgentProfile more) => this with
    {
        Title = more.Title.Length > 0 ? more.Title : Title,
        Basenames = [.. Basenames, .. more.Basenames],
        Paths = [.. Paths, .. more.Paths],
        Packages = [.. Packages, .. more.Packages],
        Arguments = [.. Arguments, .. more.Arguments],
        SessionFiles = [.. SessionFiles, .. more.SessionFiles],
        SessionOptions = [.. SessionOptions, .. more.SessionOptions],
        SessionVariables = [.. SessionVariables, .. more.SessionVariables],
    };
}
