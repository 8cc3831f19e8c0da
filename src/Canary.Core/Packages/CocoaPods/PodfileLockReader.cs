using Canary.Packages.Json;

namespace Canary.Packages.CocoaPods;

/// <summary>CocoaPods' <c>Podfile.lock</c>. A pod's parts, <c>Pod/Part</c>, are one package.</summary>
public sealed class PodfileLockReader : IPackageFileReader
{
    public string Format => "Podfile.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "Podfile.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = PlainYaml.ReadMap(file);
        if (root.Find("PODS") is not { } pods)
        {
            // Without pods CocoaPods leaves the list out.
            if (root.Find("COCOAPODS") is null)
                throw new UnreadableFileException(1, "has neither 'PODS' nor 'COCOAPODS'");
            return;
        }

        if (pods is not JsonList list)
            throw new UnreadableFileException(file.LineOf(pods.Offset), "'PODS' is not a list");
        var asked = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var dependency in (root.List("DEPENDENCIES")?.Items ?? []).OfType<JsonText>())
        {
            var (pod, range) = Split(dependency.Text);
            asked.TryAdd(pod, range);
        }

        var seen = new HashSet<(string, string)>();
        foreach (var part in list.Items)
        {
            string? text = part switch { JsonText plain => plain.Text, JsonMap { Members: [var first, ..] } => first.Name, _ => null };
            var (name, version) = Split(text ?? "");
            if (name.Length == 0 || version.Length == 0)
                into.Unread(file.Path, file.LineOf(part.Offset), "Podfile.lock: a pod without a version");
            else if (seen.Add((name, version)))
                into.Add(Described(root, asked, new PackageEntry(Ecosystem.CocoaPods, name, version, file.Path, file.LineOf(part.Offset))));
        }
    }

    private static PackageEntry Described(JsonMap root, Dictionary<string, string> asked, PackageEntry pod)
    {
        var source = root.Map("CHECKOUT OPTIONS")?.Map(pod.Name) ?? root.Map("EXTERNAL SOURCES")?.Map(pod.Name);
        string? git = source?.Text(":git"), path = source?.Text(":path") ?? source?.Text(":podspec");
        return pod with
        {
            Direct = asked.ContainsKey(pod.Name),
            Requested = asked.GetValueOrDefault(pod.Name) is { Length: > 0 } range ? range : null,
            Origin = git is not null ? PackageOrigin.Git : path is not null ? PackageOrigin.Local : source?.Text(":http") is not null ? PackageOrigin.Url : PackageOrigin.Registry,
            Resolved = git is not null ? $"{git}#{source!.Text(":commit") ?? source.Text(":tag") ?? source.Text(":branch")}" : path ?? source?.Text(":http"),
            Integrity = root.Map("SPEC CHECKSUMS")?.Text(pod.Name),
        };
    }

    /// <summary><c>Pod/Part (1.0.0)</c>.</summary>
    private static (string Pod, string Version) Split(string text)
    {
        int bracket = text.IndexOf(" (", StringComparison.Ordinal);
        string name = bracket < 0 ? text : text[..bracket];
        return (name.Split('/')[0], bracket < 0 ? "" : text[(bracket + 2)..].TrimEnd(')'));
    }
}
