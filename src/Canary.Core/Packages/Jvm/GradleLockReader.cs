namespace Canary.Packages.Jvm;

/// <summary>
/// Gradle's <c>gradle.lockfile</c> and <c>buildscript-gradle.lockfile</c>, <c>group:name:version=configurations</c> a line, and the older files of
/// <c>gradle/dependency-locks</c>, one for each configuration (https://docs.gradle.org/current/userguide/dependency_locking.html).
/// </summary>
public sealed class GradleLockReader : IPackageFileReader
{
    private const int LongestLine = 64 * 1024;

    public string Format => "Gradle lockfile";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name.EndsWith(".lockfile", StringComparison.Ordinal) && (name.Contains("gradle", StringComparison.Ordinal) || directory.EndsWith("dependency-locks", StringComparison.Ordinal));

    public void Read(SourceFile file, Inventory into)
    {
        bool isBuild = file.Name.StartsWith("buildscript", StringComparison.Ordinal) || file.Name.StartsWith("settings", StringComparison.Ordinal);
        foreach (var (number, line) in SourceText.Lines(SourceText.Of(file)))
        {
            if (line.Length > LongestLine)
            {
                into.Unread(file.Path, number, $"a line of more than {LongestLine:N0} characters");
                continue;
            }

            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string coordinates = equals < 0 ? text : text[..equals];
            // The configurations that hold nothing.
            if (coordinates == "empty")
                continue;
            string[] configurations = equals < 0 ? [file.Name] : text[(equals + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries);
            if (coordinates.Split(':') is not [{ Length: > 0 } group, { Length: > 0 } name, { Length: > 0 } version])
                into.Unread(file.Path, number, "not group:name:version=configurations");
            else
                into.Add(new PackageEntry(Ecosystem.Maven, $"{group}:{name}", version, file.Path, number)
                {
                    Dev = isBuild || (configurations.Length > 0 && configurations.All(c => c.Contains("test", StringComparison.OrdinalIgnoreCase))),
                });
        }
    }
}
