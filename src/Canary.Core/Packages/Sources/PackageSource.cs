namespace Canary.Packages.Sources;

/// <summary>A place that packages are resolved from, as a settings file of the tree names it.</summary>
/// <param name="Ecosystem">OSV's name for it.</param>
/// <param name="Url">As written, credentials and all: redact before showing.</param>
/// <param name="Line">From 1.</param>
public sealed record PackageSource(string Ecosystem, string Url, string File, int Line);

/// <summary>Something in a settings file that lets packages come from where they should not.</summary>
/// <param name="Line">From 1; 0 for the file as a whole.</param>
/// <param name="Why">One sentence, without any secret.</param>
/// <param name="Do">What to do about it.</param>
public sealed record SourceFault(string File, int Line, SourceFaultKind Kind, string Why, string Do);

public enum SourceFaultKind : byte
{
    /// <summary>A public and a private source answer for the same names: whoever publishes the name in public wins.</summary>
    Confusion,

    /// <summary>Sources of the user or the machine are used, too.</summary>
    InheritedSources,

    /// <summary>Plain HTTP, or checks of certificates turned off.</summary>
    Unprotected,

    /// <summary>Signatures or checksums are not asked for.</summary>
    Unverified,

    /// <summary>A secret stands in the file.</summary>
    PlainSecret,

    /// <summary>The package manager runs a program, or loads code, that the tree brings.</summary>
    RunsProgram,
}
