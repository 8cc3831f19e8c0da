using System.Text.RegularExpressions;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Architecture;

/// <summary>Prose rots unless a test reads it.</summary>
public sealed partial class ProseTests
{
    private static readonly string[] Pages = ["README.md", .. Directory.EnumerateFiles(Checkout.At("docs"), "*.md", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(Checkout.Root, p))];

    [Fact]
    public void Every_path_that_a_page_names_exists() => Faults.None(
        from page in Pages
        from Match named in Named().Matches(File.ReadAllText(Checkout.At(page)))
        let path = named.Value.TrimEnd('.', '/', ',')
        where !path.Contains('*') && !path.Contains('{') && !Path.Exists(Checkout.At(path))
        select $"{page} names {path}");

    [Fact]
    public void Every_source_file_of_the_tour_is_in_its_folder() => Faults.None(
        from row in File.ReadLines(Checkout.At("README.md"))
        where row.StartsWith("| `src/", StringComparison.Ordinal)
        let folders = Named().Matches(row).Select(m => m.Value).ToArray()
        from Match file in SourceName().Matches(row)
        where !folders.Any(folder => File.Exists(Checkout.At(Path.Combine(folder, file.Groups[1].Value))))
        select $"README.md names {file.Groups[1].Value} in {string.Join(", ", folders)}");

    [Fact]
    public void Every_link_of_a_page_leads_somewhere() => Faults.None(
        from page in Pages
        from Match link in Link().Matches(File.ReadAllText(Checkout.At(page)))
        let target = link.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
        where !Path.Exists(Path.Combine(Path.GetDirectoryName(Checkout.At(page))!, target))
        select $"{page} links to {target}");

    [Fact]
    public void The_scan_finds_paths_at_all() => Assert.NotEmpty(Named().Matches(File.ReadAllText(Checkout.At("docs/architecture.md"))));

    [Theory]
    [InlineData("sudo ./dev watch")]
    [InlineData("sudo ./dev test")]
    public void The_first_screen_of_README_has_its_command_on_a_line_of_its_own(string command) =>
        Assert.Contains(command, File.ReadLines(Checkout.At("README.md")).Take(40));

    [GeneratedRegex(@"(?<![\w/.-])(?:src|tests|docs|rules|\.ci)/[\w./*{}-]+")]
    private static partial Regex Named();

    [GeneratedRegex(@"`((?:[A-Za-z]+/)?[\w.]+\.(?:cs|c|yml))`")]
    private static partial Regex SourceName();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
