using Canary.Text;

namespace Canary.Surface;

/// <summary>One thing that a file tells agents, editors or CI to do.</summary>
/// <param name="Kind">One of <see cref="ConfigKind"/>.</param>
/// <param name="File">Relative to the root of the scan, with <c>/</c>.</param>
/// <param name="Line">From 1; 0 for the file as a whole.</param>
/// <param name="Name">Which of the file's things of this kind it is: stable when lines move.</param>
public sealed record ConfigFacts(string Kind, string File, int Line, string Name)
{
    /// <summary>Of an MCP server.</summary>
    public string? ServerName { get; init; }

    /// <summary>What is run, arguments and all.</summary>
    public string? CommandLine { get; init; }

    public string? Url { get; init; }

    /// <summary>When it happens: the event of a hook, the events that start a workflow, <c>folderOpen</c> of a task.</summary>
    public IReadOnlyList<string> Triggers { get; init; } = [];

    /// <summary>The dotted name of a setting.</summary>
    public string? Setting { get; init; }

    /// <summary>What a workflow's step uses, as written.</summary>
    public string? Uses { get; init; }

    /// <summary>Whether what it fetches is named so that it cannot change; null where it fetches nothing.</summary>
    public bool? Pinned { get; init; }

    /// <summary>Names of environment variables and headers that it sets. Their values are never kept.</summary>
    public IReadOnlyList<string> EnvironmentNames { get; init; } = [];

    /// <summary>Its text: of an instruction file all, of a step what is run, of a setting the value.</summary>
    public string? Content { get; init; }

    /// <summary>The line of the file on which <see cref="Content"/> begins; 0 where it is put together and stands nowhere.</summary>
    public int ContentLine { get; init; }

    public HiddenText? Hidden { get; init; }

    /// <summary>The package that it launches.</summary>
    public LaunchedPackage? Package { get; init; }
}

/// <summary>What a <see cref="ConfigEntry"/> is about, as rules name it.</summary>
public static class ConfigKind
{
    public const string Mcp = "mcp";
    public const string Hook = "hook";
    public const string Setting = "setting";
    public const string Task = "task";
    public const string Instructions = "instructions";
    public const string Workflow = "workflow";
    public const string Git = "git";
    public const string Environment = "environment";
}
