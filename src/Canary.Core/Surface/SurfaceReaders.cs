namespace Canary.Surface;

/// <summary>Every reader. A new one is a file of its own, a line here, and fixtures below <c>tests/fixtures/surface</c>.</summary>
public static class SurfaceReaders
{
    public static readonly IReadOnlyList<ISurfaceReader> All =
    [
        new McpReader(),
        new HookReader(),
        new SettingReader(),
        new TaskReader(),
        new ContainerReader(),
        new InstructionReader(),
        new WorkflowReader(),
        new GitReader(),
        new EnvironmentReader(),
    ];

    /// <summary>Whether a scan would open a file of this name.</summary>
    public static bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory)
    {
        foreach (var reader in All)
        {
            if (reader.Reads(name, directory))
                return true;
        }

        return false;
    }
}
