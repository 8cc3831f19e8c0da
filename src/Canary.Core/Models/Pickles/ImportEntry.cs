using System.IO.Enumeration;

namespace Canary.Models.Pickles;

/// <summary>One line of what pickles may or may not import.</summary>
/// <param name="Module">A module; with <c>.*</c> at its end also every module below it. What is denied is denied below it in any case.</param>
/// <param name="Names">Exact, or with <c>*</c>; empty for all names of the module. What has dots is only met by a name with dots.</param>
/// <param name="Classes">Every name that is written as classes are, in CamelCase without dots, in addition to <paramref name="Names"/>.</param>
/// <param name="By">
/// The opcodes by which it may be used: <c>REDUCE</c>, <c>NEWOBJ</c>, <c>INST</c>, …; naming it alone (<c>GLOBAL</c>) is always among them.
/// Empty for all.
/// </param>
public sealed record ImportEntry(
    string Module, IReadOnlyList<string> Names, bool Classes, IReadOnlyList<string> By, ModelVerdict Verdict)
{
    internal bool Below { get; } = Module.EndsWith(".*", StringComparison.Ordinal) || Verdict == ModelVerdict.Deny;

    /// <summary>The module without <c>.*</c>.</summary>
    internal string Root { get; } = Module.EndsWith(".*", StringComparison.Ordinal) ? Module[..^2] : Module;

    internal bool Fits(string name, string how)
    {
        if (By.Count > 0 && how != "GLOBAL" && !By.Contains(how))
            return false;
        if (Names.Count == 0 && !Classes)
            return Verdict == ModelVerdict.Deny || !name.Contains('.');
        if (Classes && IsClass(name))
            return true;
        string asked = Verdict == ModelVerdict.Deny && name.IndexOf('.') is > 0 and int dot ? name[..dot] : name;
        foreach (string pattern in Names)
        {
            if (pattern == asked || (pattern.Contains('*') && pattern.Contains('.') == asked.Contains('.')
                && FileSystemName.MatchesSimpleExpression(pattern, asked, ignoreCase: false)))
                return true;
        }

        return false;
    }

    private static bool IsClass(string name)
    {
        int start = name.StartsWith('_') ? 1 : 0;
        return name.Length > start && char.IsAsciiLetterUpper(name[start]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
    }
}
