using Canary.Packages.Xml;

namespace Canary.Packages.NuGet;

/// <summary>
/// The properties of MSBuild as far as they are plain text. No condition is judged: what is set under one may hold or not, so a property has
/// all the values that it can have.
/// </summary>
internal sealed class MsBuildProperties(MsBuildFiles files)
{
    private const int MostValues = 16;
    private const int MostLength = 2000;
    private const int MostPlaces = 32;
    private const int MostImports = 16;

    private readonly Dictionary<string, List<string>> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the properties of a file, and of what it imports, in their order.</summary>
    public void Take((XmlPart Root, string Directory)? file, int depth = 0)
    {
        if (file is not var (root, directory) || depth > MostImports)
            return;
        Take(root, directory, isCertain: true, depth);
    }

    /// <summary>Every text that this can become; none where it takes more than plain properties.</summary>
    public IReadOnlyList<string> Resolve(string written)
    {
        if (written.Length > MostLength || written.AsSpan().Count("$(") > MostPlaces)
            return [];
        var done = new List<string>();
        var pending = new Stack<(string Before, string After)>([("", written)]);
        while (pending.TryPop(out var next) && done.Count < MostValues)
        {
            int start = next.After.IndexOf("$(", StringComparison.Ordinal);
            if (start < 0)
            {
                done.Add(next.Before + next.After);
                continue;
            }

            int end = next.After.IndexOf(')', start);
            if (end < 0 || next.Before.Length > MostLength || !_values.TryGetValue(next.After[(start + 2)..end].Trim(), out var values) || values.Count == 0)
                return [];
            // Values are whole when they are stored: nothing is resolved twice, and a property that names itself is no circle.
            for (int i = values.Count - 1; i >= 0; i--)
                pending.Push((next.Before + next.After[..start] + values[i], next.After[(end + 1)..]));
        }

        return done;
    }

    private void Take(XmlPart part, string directory, bool isCertain, int depth)
    {
        foreach (var child in part.Children)
        {
            bool certain = isCertain && child.Mark("Condition") is null && !child.Is("When") && !child.Is("Otherwise");
            if (child.Is("PropertyGroup"))
            {
                foreach (var property in child.Children)
                    Define(property, certain);
            }
            else if (child.Is("Import"))
            {
                Take(files.Imported(child, directory, text => Resolve(text) is [var only] ? only : null), depth + 1);
            }
            else if (child.Is("ImportGroup") || child.Is("Choose") || child.Is("When") || child.Is("Otherwise"))
            {
                Take(child, directory, certain, depth);
            }
        }
    }

    private void Define(XmlPart property, bool isCertain)
    {
        if (!_values.TryGetValue(property.Name, out var values))
            _values[property.Name] = values = [];
        if (property.Mark("Condition") is { } condition)
        {
            string tight = condition.Replace(" ", "", StringComparison.Ordinal).Replace("\"", "'", StringComparison.Ordinal);
            bool isDefault = tight.Equals($"'$({property.Name})'==''", StringComparison.OrdinalIgnoreCase);
            if (isDefault && values.Count > 0)
                return;
            isCertain &= isDefault;
        }

        var resolved = Resolve(property.Text);
        if (isCertain)
            values.Clear();
        values.AddRange(resolved.Except(values).Take(MostValues - values.Count));
    }
}
