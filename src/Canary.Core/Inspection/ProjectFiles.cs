namespace Canary.Inspection;

/// <summary>Files of a project that run by themselves or that name what does, and such as worms leave: the only ones of it that are searched.</summary>
public static class ProjectFiles
{
    private static readonly string[] Names =
    [
        "package.json", "composer.json", "binding.gyp", "setup.py", "build.rs", "extconf.rb", "sitecustomize.py", "usercustomize.py", "init.ps1",
    ];

    // What worms leave in the repositories that a stolen token opens; for these the name alone is reason enough to look.
    private static readonly string[] Left =
    [
        "setup_bun.js", "bun_environment.js", "bun_installer.js", "environment_source.js", "actionsSecrets.json", "truffleSecrets.json",
        "3nvir0nm3nt.json", "cl0vd.json", "c9nt3nts.json", "pigS3cr3ts.json", "shai-hulud-workflow.yml", "shai-hulud-workflow.yaml",
        "shai-hulud.yml", "shai-hulud.yaml", "discussion.yml", "discussion.yaml", "router_init.js", "tanstack_runner.js", "setup.mjs",
        "Math_Symbol.js", "math_init.js", "propagate-core.js", "trap-core.js", "bw1.js", "rope.pyz", "pgmonitor.py", "pgsql-monitor.service",
        "gh-token-monitor.sh", "gh-token-monitor.service", "com.user.gh-token-monitor.plist", "kitty-monitor.sh", "kitty-monitor.service",
        "com.user.kitty-monitor.plist", ".gh_update_state", "cat.py",
    ];

    private static readonly string[] Ends = [".pth", ".props", ".targets", ".csproj", ".fsproj", ".vbproj"];

    /// <param name="name">Without directory.</param>
    public static bool Takes(string name) =>
        Names.Contains(name) || Left.Contains(name, StringComparer.OrdinalIgnoreCase) || IsFormatter(name) || Ends.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    // Shai-Hulud 2.0 numbers its workflows: formatter_123456789.yml.
    private static bool IsFormatter(string name) =>
        name.StartsWith("formatter_", StringComparison.Ordinal) && (name.EndsWith(".yml", StringComparison.Ordinal) || name.EndsWith(".yaml", StringComparison.Ordinal));
}
