namespace Canary.Packages.Go;

/// <summary><c>go.mod</c> and <c>go.work</c>: required modules, what replaces them, tools (https://go.dev/ref/mod#go-mod-file).</summary>
public sealed class GoModReader : IPackageFileReader
{
    // What says nothing about a module that is built: a retraction is about this one, an exclusion about one that is not used.
    private static readonly string[] OtherWords = ["module", "go", "toolchain", "godebug", "exclude", "retract", "use", "ignore"];

    public string Format => "go.mod";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "go.mod" or "go.work";

    public void Read(SourceFile file, Inventory into)
    {
        var directives = GoLines.Directives(file, into).ToList();
        if (!directives.Any(d => d.Word is "module" or "go" or "use"))
            throw new UnreadableFileException(1, "has neither 'module' nor 'go'");
        var tools = directives.Where(d => d.Word == "tool").SelectMany(d => d.Tokens).ToList();
        var replaced = new HashSet<string>(StringComparer.Ordinal);
        foreach (var replace in directives.Where(d => d.Word == "replace"))
            Replace(replace, file, into, replaced);
        foreach (var directive in directives)
        {
            if (directive.Word == "require")
                Require(directive, file, into, replaced, tools);
            else if (directive.Word is not ("replace" or "tool") && !OtherWords.Contains(directive.Word))
                into.Unread(file.Path, directive.Line, "not a directive of go.mod");
        }
    }

    private static void Require(GoLines.Directive directive, SourceFile file, Inventory into, HashSet<string> replaced, List<string> tools)
    {
        if (directive.Tokens is not [var name, var version] || name == "(")
        {
            into.Unread(file.Path, directive.Line, "not a module and a version");
            return;
        }

        // What replaces it has an entry of its own; this version is not built.
        if (replaced.Contains(name) || replaced.Contains(name + " " + version))
            return;
        bool indirect = directive.Comment == "indirect" || directive.Comment.StartsWith("indirect;", StringComparison.Ordinal);
        bool tool = tools.Any(t => t == name || t.StartsWith(name + "/", StringComparison.Ordinal));
        into.Add(new PackageEntry(Ecosystem.Go, name, GoLines.IsVersion(version) ? version : null, file.Path, directive.Line)
        {
            Requested = GoLines.IsVersion(version) ? null : version,
            Direct = !indirect || tool,
            Dev = indirect && tool ? true : null,
        });
    }

    private static void Replace(GoLines.Directive directive, SourceFile file, Inventory into, HashSet<string> replaced)
    {
        int arrow = directive.Tokens.ToList().IndexOf("=>");
        var old = directive.Tokens.Take(Math.Max(arrow, 0)).ToList();
        var by = directive.Tokens.Skip(arrow + 1).ToList();
        if (old.Count is < 1 or > 2 || by.Count is < 1 or > 2)
        {
            into.Unread(file.Path, directive.Line, "not a replacement");
            return;
        }

        replaced.Add(string.Join(' ', old));
        bool local = by.Count == 1;
        into.Add(new PackageEntry(Ecosystem.Go, local ? old[0] : by[0], local ? null : by[1], file.Path, directive.Line)
        {
            Requested = old.Count == 2 ? old[1] : null,
            Origin = local ? PackageOrigin.Local : PackageOrigin.Registry,
            Resolved = local ? by[0] : null,
            Alias = local || by[0] == old[0] ? null : old[0],
        });
    }
}
