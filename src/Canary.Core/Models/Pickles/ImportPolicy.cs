using System.Collections.Frozen;
using System.Text;
using Canary.Yaml;

namespace Canary.Models.Pickles;

/// <summary>
/// What a pickle may import, and by which opcode it may use it: allowed, known to be bad, or neither. What no list names is unknown, so that
/// the list of the bad is a courtesy to the reader: nothing depends on its being complete. Immutable.
/// </summary>
public sealed class ImportPolicy
{
    private readonly FrozenDictionary<string, ImportEntry[]> _entries;
    private readonly FrozenDictionary<string, ImportEntry[]> _own;
    private readonly FrozenDictionary<string, string> _aliases;
    private readonly FrozenSet<string> _scanners;
    private readonly ImportList _list;

    private ImportPolicy(ImportList list, IReadOnlyList<ImportEntry> own)
    {
        _list = list;
        _entries = ByModule(list.Entries);
        _own = ByModule(own);
        _aliases = list.Aliases.ToFrozenDictionary(StringComparer.Ordinal);
        _scanners = list.Scanners.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The lists that the program carries: <c>imports.yml</c>.</summary>
    public static ImportPolicy BuiltIn()
    {
        using var reader = new StreamReader(typeof(ImportPolicy).Assembly.GetManifestResourceStream("models/imports.yml")!, Encoding.UTF8);
        var faults = new Diagnostics();
        var list = ImportList.Read(reader.ReadToEnd(), "imports.yml", faults);
        return faults.Count == 0 ? new ImportPolicy(list, [])
            : throw new InvalidOperationException($"the built-in list of imports is at fault: {faults.All[0]}");
    }

    /// <summary>This policy with entries of a team's own, which are asked before those built in; of them denials go first.</summary>
    public ImportPolicy With(IReadOnlyList<ImportEntry> own) => new(_list, own);

    /// <summary>This policy without what it knows to be bad: all of that is unknown then.</summary>
    internal ImportPolicy WithoutDenials() =>
        new(new ImportList([.. _list.Entries.Where(e => e.Verdict == ModelVerdict.Allow)], _list.Aliases, []), []);

    /// <summary>Whether a module belongs to a program that searches pickles: who imports it means to meddle with it.</summary>
    public bool IsScanner(string module) => Parents(module).Any(_scanners.Contains);

    /// <param name="how">The opcode that uses it, <c>GLOBAL</c> where it is only named.</param>
    /// <param name="old">Protocol 0 to 2, where Python 3 translates the names of Python 2.</param>
    public ModelVerdict Judge(string module, string name, string how, bool old)
    {
        var (meantModule, meantName) = old ? Python2Names.Translate(module, name) : (module, name);
        foreach (var entries in new[] { _own, _entries })
        {
            if (Denies(entries, module, name, how) || Denies(entries, meantModule, meantName, how))
                return ModelVerdict.Deny;
            if (Fits(entries, meantModule, meantName, how, ModelVerdict.Allow))
                return ModelVerdict.Allow;
        }

        return IsScanner(module) ? ModelVerdict.Deny : ModelVerdict.Unknown;
    }

    /// <summary>A dotted name is walked by attributes, so that a module may lie within it: each of its parts is asked for as one.</summary>
    private bool Denies(FrozenDictionary<string, ImportEntry[]> entries, string module, string name, string how)
    {
        if (DeniesOne(entries, module, name, how))
            return true;
        string inner = module;
        for (string rest = name; rest.IndexOf('.') is > 0 and int dot;)
        {
            string part = rest[..dot];
            rest = rest[(dot + 1)..];
            inner += "." + part;
            if (DeniesOne(entries, inner, rest, how) || DeniesOne(entries, part.TrimStart('_'), rest, how))
                return true;
        }

        return false;
    }

    private bool DeniesOne(FrozenDictionary<string, ImportEntry[]> entries, string module, string name, string how) =>
        Fits(entries, module, name, how, ModelVerdict.Deny)
        || (_aliases.TryGetValue(Root(module), out string? real) && Fits(entries, real + module[Root(module).Length..], name, how, ModelVerdict.Deny));

    private static bool Fits(FrozenDictionary<string, ImportEntry[]> entries, string module, string name, string how, ModelVerdict verdict)
    {
        foreach (string parent in Parents(module))
        {
            foreach (var entry in entries.GetValueOrDefault(parent, []))
            {
                if (entry.Verdict == verdict && (entry.Below || parent.Length == module.Length) && entry.Fits(name, how))
                    return true;
            }
        }

        return false;
    }

    private static string Root(string module) => module.IndexOf('.') is > 0 and int dot ? module[..dot] : module;

    private static IEnumerable<string> Parents(string module)
    {
        yield return module;
        for (int dot = module.LastIndexOf('.'); dot > 0; dot = module.LastIndexOf('.', dot - 1))
            yield return module[..dot];
    }

    private static FrozenDictionary<string, ImportEntry[]> ByModule(IEnumerable<ImportEntry> entries) =>
        entries.GroupBy(e => e.Root).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
}
