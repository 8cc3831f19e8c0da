namespace Canary.Surface;

/// <summary>Files of variables that agents read at the start: only those that redirect them, and never a value but where an endpoint leads.</summary>
public sealed class EnvironmentReader : ISurfaceReader
{
    private static readonly string[] Ends = ["_BASE_URL", "_API_BASE", "_API_URL", "_ENDPOINT", "_API_HOST", "_PROXY"];
    private static readonly string[] Homes = ["CODEX_HOME", "CLAUDE_CONFIG_DIR", "GEMINI_CLI_SYSTEM_SETTINGS_PATH", "NODE_OPTIONS", "BASH_ENV", "LD_PRELOAD", "PYTHONSTARTUP", "GEMINI_SANDBOX"];

    public string Subject => "environment files";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        (name.Equals(".env", StringComparison.OrdinalIgnoreCase) || ConfigPath.Is(name, [".env.local", ".env.development", ".env.production", ".envrc"])) && !ConfigPath.IsInstalled(directory);

    public void Read(SurfaceFile file, SurfaceEntries into)
    {
        int number = 0;
        foreach (var span in file.Text.AsSpan().EnumerateLines())
        {
            number++;
            var line = span.Trim();
            if (line.StartsWith("export ", StringComparison.Ordinal))
                line = line[7..].TrimStart();
            int equals = line.IndexOf('=');
            if (equals <= 0 || line[0] == '#')
                continue;
            string name = line[..equals].Trim().ToString();
            bool home = Homes.Contains(name);
            if (!home && !ConfigPath.HasEnding(name, Ends))
                continue;
            string value = line[(equals + 1)..].Trim().Trim("\"'").ToString();
            into.Add(new ConfigFacts(ConfigKind.Environment, file.Path, number, name)
            {
                Setting = name,
                EnvironmentNames = [name],
                Url = !home && value.Contains("://", StringComparison.Ordinal) ? value : null,
                Content = home ? into.Safe(name, value) : null,
            });
        }
    }
}
