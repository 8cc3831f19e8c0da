using System.Text;
using Canary.Yaml;

namespace Canary.Replay;

/// <summary>Tells which of Sigma's log sources a recorded event belongs to. Immutable.</summary>
public sealed class LogSourceTable
{
    private readonly Dictionary<string, ChannelRows> _channels = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ChannelRows> _providers = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyList<ChannelRows> _rows;
    private readonly IReadOnlyList<LogSourceRow> _records;

    internal LogSourceTable(IReadOnlyList<ChannelRows> channels, IReadOnlyList<LogSourceRow> records)
    {
        _rows = channels;
        foreach (var rows in channels)
        {
            foreach (string channel in rows.Channels)
                _channels.TryAdd(channel, rows);
            foreach (string provider in rows.Providers)
                _providers.TryAdd(provider, rows);
        }

        _records = records;
    }

    /// <summary>The table that the program carries.</summary>
    public static LogSourceTable BuiltIn()
    {
        using var reader = new StreamReader(typeof(LogSourceTable).Assembly.GetManifestResourceStream("replay/logsources.yml")!, Encoding.UTF8);
        var faults = new Diagnostics();
        var table = LogSourceReader.Read(reader.ReadToEnd(), "logsources.yml", faults);
        return faults.Count == 0 ? table : throw new InvalidOperationException($"the built-in table of log sources is at fault: {faults.All[0]}");
    }

    /// <summary>This table with the rows of a text in front, a user's of the same form: a channel that stands there is no longer the built-in one.</summary>
    public LogSourceTable With(string text, string file, Diagnostics faults)
    {
        var first = LogSourceReader.Read(text, file, faults);
        return new LogSourceTable([.. first._rows, .. _rows], [.. first._records, .. _records]);
    }

    /// <summary>Null where no row fits.</summary>
    internal LogSourceRow? OfWindows(string? channel, string? provider, double id, FieldBag bag, FieldNames names)
    {
        var rows = channel is not null ? _channels.GetValueOrDefault(channel) : provider is not null ? _providers.GetValueOrDefault(provider) : null;
        if (rows is null)
            return null;
        foreach (var row in rows.Events.GetValueOrDefault(id, []))
        {
            if (row.Fits(bag, names))
                return row;
        }

        return rows.Otherwise;
    }

    internal LogSourceRow? OfRecord(FieldBag bag, FieldNames names)
    {
        foreach (var row in _records)
        {
            if (row.Fits(bag, names))
                return row;
        }

        return null;
    }
}

/// <summary>One channel's rows.</summary>
/// <param name="Events">By event id, in the order of the table.</param>
/// <param name="Otherwise">For every other id: the service alone.</param>
internal sealed record ChannelRows(
    IReadOnlyList<string> Channels, IReadOnlyList<string> Providers, IReadOnlyDictionary<double, LogSourceRow[]> Events, LogSourceRow Otherwise);
