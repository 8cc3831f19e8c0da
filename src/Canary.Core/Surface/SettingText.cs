namespace Canary.Surface;

/// <summary>Settings as lines of dotted names and values, for rules to search.</summary>
internal static class SettingText
{
    public const int MostPath = 300;

    private const int MostLines = 2000;

    // Their values are secrets, or may be.
    private static readonly string[] Guarded = ["env", "envs", "environment", "headers", "http_headers", "requestInit", "env_http_headers", "containerEnv", "remoteEnv"];

    public static bool IsGuarded(string name) => ConfigPath.Is(name, Guarded);

    public static string Joined(string path, string name)
    {
        string joined = path.Length == 0 ? name : $"{path}.{name}";
        return joined.Length > MostPath ? joined[..MostPath] : joined;
    }

    /// <summary>All below a part, without what is guarded; null for nothing.</summary>
    /// <param name="without">Names at the top that are told elsewhere.</param>
    public static string? Of(SettingPart part, SurfaceEntries into, params string[] without)
    {
        var lines = new List<string>();
        foreach (var member in part.Members)
        {
            if (!without.Contains(member.Name))
                Add(member.Name, member.Name, member.Value, lines, into);
        }

        return lines.Count == 0 ? null : string.Join('\n', lines);
    }

    private static void Add(string path, string name, SettingPart part, List<string> lines, SurfaceEntries into)
    {
        if (lines.Count >= MostLines)
            return;
        if (IsGuarded(name))
        {
            // An expression says where a value comes from, and is none.
            lines.AddRange(Expressions(part).Select(e => $"{path}.{e}"));
            return;
        }

        if (part.Text is { } text)
            lines.Add($"{path}: {into.Safe(name, text)}");
        foreach (var item in part.Items)
            Add(path, name, item, lines, into);
        foreach (var member in part.Members)
            Add(Joined(path, member.Name), member.Name, member.Value, lines, into);
    }

    /// <summary>Of guarded members those that hold nothing but an expression of a workflow: <c>NAME: ${{ … }}</c>.</summary>
    public static IEnumerable<string> Expressions(SettingPart? guarded) =>
        (guarded?.Members ?? []).Where(m => m.Value.Text is { } text && text.StartsWith("${{", StringComparison.Ordinal) && text.TrimEnd().EndsWith("}}", StringComparison.Ordinal))
            .Select(m => $"{m.Name}: {m.Value.Text}");

    /// <summary>Names of variables and headers below a part, where it has guarded members.</summary>
    public static string[] Names(SettingPart part)
    {
        var names = new List<string>();
        foreach (var member in part.Members)
        {
            if (!IsGuarded(member.Name))
                continue;
            names.AddRange(member.Value.Members.Select(m => m.Name));
            // Some write NAME=value in a list.
            names.AddRange(member.Value.Items.Select(i => i.Text).OfType<string>().Select(t => t.Split('=', ':')[0]).Where(t => t.Length is > 0 and < 100));
        }

        return [.. names.Distinct(StringComparer.Ordinal).Take(MostLines)];
    }
}
