using Canary.Packages;

namespace Canary.Surface;

/// <summary>A file that tells agents, editors or CI what to do, read whole; its settings are parsed once for all who ask.</summary>
public sealed class SurfaceFile(SourceFile source, Inventory faults)
{
    /// <summary>Larger ones are reported and not read: people write these by hand.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    private SettingPart? _settings;
    private string? _text;
    private bool _parsed;

    /// <summary>Relative to the root of the scan, with <c>/</c>.</summary>
    public string Path => source.Path;

    public string Name => source.Name;

    public string Directory => source.Directory;

    public string Text => _text ??= SourceText.Of(source);

    /// <summary>Its settings; null for a file without any, and for one that could not be understood, which is reported once.</summary>
    public SettingPart? Settings
    {
        get
        {
            if (_parsed)
                return _settings;
            _parsed = true;
            try
            {
                _settings = SettingTree.Read(source, faults);
            }
            catch (UnreadableFileException e)
            {
                faults.Unread(Path, e.Line, e.Message);
            }

            return _settings;
        }
    }
}
