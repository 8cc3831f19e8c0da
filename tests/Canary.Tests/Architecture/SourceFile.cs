using System.Text.RegularExpressions;
using Canary.Tests.Support;

namespace Canary.Tests.Architecture;

/// <summary>A C# file of src, with the code apart from comments and literals.</summary>
/// <param name="Path">From the checkout's root.</param>
/// <param name="Code">Comments, strings and characters blanked, lines kept.</param>
internal sealed partial record SourceFile(string Path, string Text, string Code)
{
    public static IReadOnlyList<SourceFile> All { get; } = [.. Files("*.cs").Select(path =>
    {
        string text = File.ReadAllText(Checkout.At(path));
        return new SourceFile(path, text, Blank().Replace(text, m => Rest().Replace(m.Value, " ")));
    })];

    /// <summary>What the dependency table calls the place: a folder of the core, else the project's path.</summary>
    public string Place
    {
        get
        {
            string[] parts = Path.Split('/');
            return parts[1] == "Canary.Core" ? parts[2] : $"src/{parts[1]}";
        }
    }

    /// <summary>Paths below src and tests, from the root, without what a build makes.</summary>
    public static IEnumerable<string> Files(string pattern, params string[] folders) =>
        from folder in folders.Length > 0 ? folders : ["src"]
        from file in Directory.EnumerateFiles(Checkout.At(folder), pattern, SearchOption.AllDirectories)
        let path = System.IO.Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/')
        where !Built().IsMatch(path)
        select path;

    public IEnumerable<string> Lines => Code.Split('\n');

    [GeneratedRegex("""//[^\n]*|/\*[\s\S]*?\*/|\"{3,}[\s\S]*?\"{3,}|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""")]
    private static partial Regex Blank();

    [GeneratedRegex(@"[^\n]")]
    private static partial Regex Rest();

    [GeneratedRegex("(^|/)(bin|obj|node_modules|TestResults)/")]
    private static partial Regex Built();
}
