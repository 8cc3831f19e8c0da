using System.Text;
using Canary.Packages;

namespace Canary.Registries;

/// <summary>Lines of <c>.npmrc</c> (INI: <c>key = value</c>) and of yarn's classic <c>.yarnrc</c> (<c>key "value"</c>).</summary>
internal static class NpmrcFile
{
    public static IEnumerable<(string Key, string Value, int Line)> Read(SourceFile file)
    {
        int number = 0;
        foreach (string raw in Encoding.UTF8.GetString(file.Bytes.Span).Split('\n'))
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';' or '[')
                continue;
            int cut = line.IndexOf('=', StringComparison.Ordinal);
            // A space parts key and value in .yarnrc alone; in an .npmrc it is before the sign, or nowhere.
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (cut < 0 || (space > 0 && line[0] == '"' && space < cut))
                cut = space;
            string key = cut < 0 ? line : line[..cut], value = cut < 0 ? "true" : line[(cut + 1)..];
            yield return (key.Trim().Trim('"', '\''), value.Trim().Trim('"', '\''), number);
        }
    }
}
