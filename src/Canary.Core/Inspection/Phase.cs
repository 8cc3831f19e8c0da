namespace Canary.Inspection;

/// <summary>The moments at which a file of a package runs without anybody asking for it.</summary>
public static class Phase
{
    /// <summary>The package is installed: lifecycle scripts, <c>setup.py</c>, <c>binding.gyp</c>, <c>extconf.rb</c>, <c>init.ps1</c>.</summary>
    public const string Install = "install";

    /// <summary>What depends on it is built: <c>build.rs</c>, MSBuild props and targets, analyzers.</summary>
    public const string Build = "build";

    /// <summary>Any program of the language starts: <c>.pth</c>, <c>sitecustomize.py</c>; an editor loads its extension.</summary>
    public const string Start = "start";

    /// <summary>The package is imported: its main module, Composer's <c>autoload.files</c>.</summary>
    public const string Import = "import";
}
