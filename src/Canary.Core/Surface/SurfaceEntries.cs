using Canary.Packages;
using Canary.Text;

namespace Canary.Surface;

/// <summary>What readers found, without secrets. Not for several threads.</summary>
/// <param name="inventory">Takes the packages that are launched, and what could not be read.</param>
/// <param name="redact">Takes secrets out of text: nothing is kept that did not go through it.</param>
public sealed class SurfaceEntries(Inventory inventory, Func<string, string> redact, TimeProvider time)
{
    /// <summary>More are reported and not kept: no honest tree has them.</summary>
    public const int MostEntries = 200_000;

    public const int MostOfFile = 20_000;

    private const int MostName = 200;

    private readonly List<ConfigEntry> _all = [];
    private string? _file;
    private int _ofFile;
    private bool _full;

    /// <summary>In the order of reading.</summary>
    public IReadOnlyList<ConfigEntry> All => _all;

    public void Add(ConfigFacts facts)
    {
        if (_file != facts.File)
            (_file, _ofFile) = (facts.File, 0);
        if (_full || ++_ofFile > MostOfFile)
        {
            if (!_full && _ofFile == MostOfFile + 1)
                inventory.Unread(facts.File, facts.Line, $"more than {MostOfFile:N0} settings; the rest was not looked at");
            return;
        }

        if (_all.Count >= MostEntries)
        {
            _full = true;
            inventory.Unread(facts.File, facts.Line, $"more than {MostEntries:N0} settings in the tree; the rest was not looked at");
            return;
        }

        _all.Add(new ConfigEntry(Safe(facts), time.GetUtcNow()));
        if (facts.Package is { } package)
            inventory.Add(package.At(facts.File, facts.Line));
    }

    /// <summary>Something that should have been read and could not be.</summary>
    public void Unread(SurfaceFile file, int line, string reason) => inventory.Unread(file.Path, line, reason);

    /// <summary>A value without what is secret in it, judged by its name as well.</summary>
    public string Safe(string name, string value)
    {
        string safe = redact($"{name}={value}");
        return safe.StartsWith(name + "=", StringComparison.Ordinal) ? safe[(name.Length + 1)..] : redact(value);
    }

    private ConfigFacts Safe(ConfigFacts facts) => facts with
    {
        Name = facts.Name.Length > MostName ? redact(facts.Name[..MostName]) : redact(facts.Name),
        CommandLine = Redacted(facts.CommandLine),
        Url = Redacted(facts.Url),
        Content = Redacted(facts.Content),
        // Of the text as it stands in the file: a redactor may cut into what is hidden.
        Hidden = facts.Content is { } content && HiddenText.Find(content) is { } hidden ? hidden with { Decoded = redact(hidden.Decoded) } : null,
    };

    private string? Redacted(string? text) => text is null ? null : redact(text);
}
