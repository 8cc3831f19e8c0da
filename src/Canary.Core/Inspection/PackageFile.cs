using Canary.Findings;

namespace Canary.Inspection;

/// <summary>A file of a package, or one of the project's that runs by itself, as rules of the category <c>package_file</c> see it.</summary>
/// <param name="path">Relative to the root of the scan, with <c>/</c>.</param>
/// <param name="facts">What its bytes say.</param>
/// <param name="phases">When it runs without being asked for: <see cref="Phase"/>; empty for never.</param>
/// <param name="scripts">What the package's manifest has run at installation, as <c>preinstall: node x.js</c>; of manifests alone.</param>
public sealed class PackageFile(PackageFolder folder, string? version, string path, FileFacts facts, string[] phases, string[] scripts, DateTimeOffset time) : Subject
{
    private static readonly LogSource Log = new("canary", "package_file");

    private static readonly Field[] Own = [.. new[]
    {
        "Ecosystem", "Package", "Version", "Purl", "PackageFolder", "PackagePath", "BaseName", "TargetFilename", "Content", "Phase",
        "Scripts", "FileType", "Size", "LongestLine", "HiddenText", "HiddenCharacters", "OpenDirections", "Imports", "ModuleInitializer", "Signed", "Owners",
    }.Select(Field.Named)];

    public PackageFolder Folder { get; } = folder;

    public string Path { get; } = path;

    public FileFacts Facts { get; } = facts;

    public override LogSource Source => Log;

    public override string Type => "package";

    public override string Identity => Purl is null ? Path : $"{Purl}#{Folder.Within(Path)}";

    public string? Purl { get; } = folder.IsPackage ? Packages.Purl.Of(folder.Ecosystem!, folder.Name!, version) : null;

    public override string? Group => Folder.Root;

    public override DateTimeOffset Time => time;

    public override IReadOnlyList<Field> Names => Own;

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.Ecosystem => FieldValue.Of(Folder.Ecosystem),
        Fields.Package => FieldValue.Of(Folder.Name),
        Fields.Version => FieldValue.Of(version),
        Fields.Purl => FieldValue.Of(Purl),
        Fields.PackageFolder => FieldValue.Of(Folder.Root),
        Fields.PackagePath => FieldValue.Of(Folder.Within(Path)),
        Fields.BaseName => FieldValue.Of(Path[(Path.LastIndexOf('/') + 1)..]),
        Fields.TargetFilename => FieldValue.Of(Path),
        Fields.Content => FieldValue.Of(Facts.Text),
        Fields.Phase => phases.Length == 0 ? default : FieldValue.Of(phases),
        Fields.Scripts => scripts.Length == 0 ? default : FieldValue.Of(scripts),
        Fields.FileType => FieldValue.Of(Facts.Type),
        Fields.Size => FieldValue.Of(Facts.Size),
        Fields.LongestLine => Facts.Text is null ? default : FieldValue.Of(Facts.LongestLine),
        Fields.HiddenText => FieldValue.Of(Facts.Hidden?.Decoded),
        Fields.HiddenCharacters => Facts.Hidden is { } hidden ? FieldValue.Of(hidden.Characters) : default,
        Fields.OpenDirections => Facts.OpenDirections == 0 ? default : FieldValue.Of(Facts.OpenDirections),
        Fields.Imports => Facts.Imports.Length == 0 ? default : FieldValue.Of(Facts.Imports),
        Fields.ModuleInitializer => Facts.ModuleInitializer is { } initializer ? FieldValue.Of(initializer) : default,
        Fields.Signed => Facts.Signature is { } signature ? FieldValue.Of(signature.IsThere) : default,
        Fields.Owners => Facts.Signature is { Owners.Length: > 0 } owned ? FieldValue.Of(owned.Owners) : default,
        _ => default,
    };
}
