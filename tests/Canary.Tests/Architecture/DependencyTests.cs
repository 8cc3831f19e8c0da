using System.Text.RegularExpressions;
using System.Xml.Linq;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Architecture;

/// <summary>The table of docs/architecture.md and the code are one: neither can change without the other.</summary>
public sealed partial class DependencyTests
{
    private static readonly Dictionary<string, string[]> Table = Row().Matches(File.ReadAllText(Checkout.At("docs/architecture.md")))
        .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Split(new[] { ',', ' ' }, StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void The_table_names_every_folder_of_the_core_and_no_other()
    {
        var folders = SourceFile.All.Select(f => f.Place).Where(p => !p.StartsWith("src/", StringComparison.Ordinal)).Distinct();
        Faults.None(folders.Except(Table.Keys));
        Faults.None(Table.Keys.Where(place => !Directory.Exists(Checkout.At(place.StartsWith("src/", StringComparison.Ordinal) ? place : "src/Canary.Core/" + place))));
    }

    [Fact]
    public void A_folder_of_the_core_uses_only_what_the_table_allows()
    {
        var wrong = from file in SourceFile.All
                    where file.Place != "src/Canary"
                    from used in Used(file)
                    where used != file.Place && !Table.GetValueOrDefault(file.Place, []).Contains(used)
                    select $"{file.Path} uses {used}";
        Faults.None(wrong);
    }

    [Fact]
    public void The_scan_sees_the_uses_that_there_are()
    {
        // A scan that finds nothing would hold for every table.
        Assert.Contains("Findings", SourceFile.All.Where(f => f.Place == "Rules").SelectMany(Used));
        Assert.Contains("Events", SourceFile.All.Where(f => f.Place == "src/Canary.Sensors").SelectMany(Used));
    }

    [Theory]
    [InlineData("YamlDotNet", "src/Canary.Core/Yaml/")]
    [InlineData("MailKit", "src/Canary.Core/Alerts/Notifiers/")]
    [InlineData("MimeKit", "src/Canary.Core/Alerts/Notifiers/")]
    [InlineData("Org.BouncyCastle", "src/Canary.Core/Advisories/")]
    [InlineData("Microsoft.Data.Sqlite", "src/Canary.Core/Alerts/")]
    [InlineData("SQLitePCL", "src/Canary.Core/Alerts/")]
    [InlineData("Polly", "src/Canary.Core/Alerts/")]
    [InlineData("NuGet.Protocol", "src/Canary.Core/Registries/")]
    [InlineData("Tomlyn", "src/Canary.Core/Packages/Toml/")]
    [InlineData("Spectre.Console", "src/Canary/")]
    [InlineData("System.CommandLine", "src/Canary/")]
    [InlineData("Microsoft.Extensions", "src/Canary/")]
    [InlineData("Microsoft.Diagnostics.Tracing", "src/Canary.Sensors/Etw/")]
    public void A_library_is_named_in_its_one_place(string library, string place)
    {
        var name = new Regex($@"(?<![\w.]){Regex.Escape(library)}\b");
        Faults.None(SourceFile.All.Where(f => !f.Path.StartsWith(place, StringComparison.Ordinal) && name.IsMatch(f.Code)).Select(f => f.Path));
    }

    [Fact]
    public void System_calls_are_the_sensors_own() =>
        Faults.None(SourceFile.All.Where(f => f.Place != "src/Canary.Sensors" && NativeCall().IsMatch(f.Code)).Select(f => f.Path));

    [Fact]
    public void The_core_has_no_Linux_in_it()
    {
        // Sigma's product names and the paths in agent catalogues are text, and text is blanked.
        var linux = new Regex(@"OperatingSystem\.IsLinux|SupportedOSPlatform|Mono\.Posix");
        Faults.None(SourceFile.All.Where(f => f.Path.StartsWith("src/Canary.Core/", StringComparison.Ordinal) && linux.IsMatch(f.Code)).Select(f => f.Path));
    }

    [Theory]
    [InlineData("Canary.Core", "")]
    [InlineData("Canary.Sensors", "Canary.Core")]
    [InlineData("Canary.Native", "Canary.Core")]
    [InlineData("Canary", "Canary.Core Canary.Sensors")]
    public void A_project_refers_to_those_below_it(string project, string below)
    {
        var references = XDocument.Load(Checkout.At($"src/{project}/{project}.csproj")).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)).Order();
        Assert.Equal(below, string.Join(' ', references));
    }

    // Folders of the core that a file names: by using, by full name, or by a name that starts at the common namespace («Findings.Field»).
    private static IEnumerable<string> Used(SourceFile file) => Place().Matches(file.Code).Select(m => m.Groups[1].Value)
        .Concat(from folder in Types where folder.Value.IsMatch(file.Code) select folder.Key).Where(Types.ContainsKey).Distinct();

    private static readonly Dictionary<string, Regex> Types = SourceFile.All.Where(f => !f.Place.StartsWith("src/", StringComparison.Ordinal)).GroupBy(f => f.Place)
        .ToDictionary(g => g.Key, g => new Regex($@"(?<![\w.]){g.Key}\.({string.Join('|', g.SelectMany(f => Declared().Matches(f.Code)).Select(m => m.Groups[1].Value).Distinct())})\b"));

    [GeneratedRegex(@"^\| `([\w./]+)` \| ([^|\n]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\bCanary\.(\w+)")]
    private static partial Regex Place();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+(?:struct\s+|class\s+)?(\w+)")]
    private static partial Regex Declared();

    [GeneratedRegex(@"\b(LibraryImport|DllImport)\b")]
    private static partial Regex NativeCall();
}
