namespace Canary.Inspection;

/// <summary>Files of a project that run by themselves or that name what does: the only ones of it that are searched.</summary>
public static class ProjectFiles
{
    private static readonly string[] Names =
    [
        "package.json", "composer.json", "binding.gyp", "setup.py", "build.rs", "extconf.rb", "sitecustomize.py", "usercustomize.py", "init.ps1",
    ];

    private static readonly string[] Ends = [".pth", ".props", ".targets", ".csproj", ".fsproj", ".vbproj"];

    /// <param name="name">Without directory.</param>
    public static bool Takes(string name) =>
        Names.Contains(name) || Ends.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
}
