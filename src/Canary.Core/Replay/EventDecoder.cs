using System.Collections.Frozen;
using System.Text.Json;
using Canary.Findings;
using Canary.Rules;

namespace Canary.Replay;

/// <summary>Makes an event of one JSON object: a Windows event, a line that Canary recorded, or any flat object of fields.</summary>
internal sealed class EventDecoder
{
    // Beyond this many names the tables are made anew: a hostile log has a new name in each record.
    private const int MostNames = 8192;

    // Lines of Canary's own output that tell of no event.
    private static readonly FrozenSet<string> NoEvents =
        new[] { "ready", "alert", "lost", "note", "summary", "finding", "package", "model", "match", "diagnostic", "delivery" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] TimeNames = ["@timestamp", "TimeCreated", "EventTime", "UtcTime", "timestamp", "__REALTIME_TIMESTAMP", "msg"];
    private static readonly string[] ProviderNames = ["ProviderName", "SourceName", "provider"];

    private readonly LogSourceTable _table;
    private Tables _t = new();
    private string? _kind, _session;
    private LogSource? _source;
    private FieldValue _time;
    private DateTimeOffset? _last;

    public EventDecoder(LogSourceTable table) => _table = table;

    /// <summary>Events that no row of the table knows.</summary>
    public long Unmapped { get; private set; }

    /// <summary>Of the last event: what it was called where the table did not know it, else null.</summary>
    public string? Unknown { get; private set; }

    /// <summary>Of the last event: fields beyond <see cref="FieldBag.MostFields"/>, which it does not have.</summary>
    public int FieldsLeft => _t.Bag.Left;

    /// <summary>Null for an object that is no event. Throws <see cref="JsonException"/> for what is no whole JSON object.</summary>
    /// <param name="json">Begins with the object; what follows it is left alone.</param>
    /// <param name="index">Events without a time follow each other by the second.</param>
    public RecordSubject? Decode(ReadOnlySpan<byte> json, long index, out int length)
    {
        if (_t.Names.Count > MostNames)
            _t = new Tables();
        _t.Bag.Clear();
        _t.Windows.Clear();
        (_kind, _session, _source, _time, Unknown) = (null, null, null, default, null);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Disallow });
        reader.Read();
        ReadProperties(ref reader, json);
        length = (int)reader.BytesConsumed;
        return _source is null && _kind is not null && NoEvents.Contains(_kind) ? null : Close(index);
    }

    private void ReadProperties(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int number = _t.Names.Read(ref reader);
            reader.Read();
            if (number >= Known.Count || !ReadKnown(ref reader, json, number))
                _t.Bag.Add(number, _t.Values.Read(ref reader, json, number));
        }
    }

    private bool ReadKnown(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int number)
    {
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        switch (number)
        {
            case Known.Event when isObject:
                ReadProperties(ref reader, json);
                return true;
            case Known.System when isObject:
                _t.Windows.ReadSystem(ref reader, json);
                return true;
            case Known.EventData or Known.ProcessingErrorData when isObject || reader.TokenType == JsonTokenType.StartArray:
                _t.Windows.ReadEventData(ref reader, json);
                return true;
            case Known.UserData when isObject:
                _t.Windows.ReadUserData(ref reader, json);
                return true;
            case Known.Winlog when isObject:
                _t.Windows.ReadWinlog(ref reader, json);
                return true;
            case Known.LogSource when isObject:
                ReadSource(ref reader, json);
                return true;
            case Known.Fields when isObject && _kind == "event":
                ReadFields(ref reader, json);
                return true;
            case Known.Attributes:
                reader.Skip();
                return true;
            case Known.EventData or Known.UserData when reader.TokenType == JsonTokenType.Null:
                return true;
            case Known.Kind when reader.TokenType == JsonTokenType.String:
                _kind = RecordValue.Text(ref reader);
                return _kind == "event" || NoEvents.Contains(_kind);
            case Known.Group when _kind == "event":
            case Known.Session when reader.TokenType is JsonTokenType.String or JsonTokenType.Null:
                _session = RecordValue.Read(ref reader, json).Text ?? _session;
                return true;
            case Known.Time:
                _time = _t.Values.Read(ref reader, json, number);
                return true;
            default:
                return false;
        }
    }

    // What stands under «fields» is a field, whatever its name.
    private void ReadFields(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int number = _t.Names.Read(ref reader);
            reader.Read();
            _t.Bag.Add(number, _t.Values.Read(ref reader, json, number));
        }
    }

    private void ReadSource(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        string? product = null, category = null, service = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int number = _t.Names.Read(ref reader);
            reader.Read();
            string? text = _t.Values.Read(ref reader, json, number).Text;
            _ = number switch
            {
                Known.Product => product = text,
                Known.Category => category = text,
                Known.Service => service = text,
                _ => null,
            };
        }

        _source = new LogSource(product, category, service);
    }

    private RecordSubject Close(long index)
    {
        var (names, bag, windows) = (_t.Names, _t.Bag, _t.Windows);
        windows.Close();
        var source = _source ?? SourceOf(names, bag, windows);
        // Without times, events follow each other by the second, so that sequences can be seen.
        var time = EventTime.Of(windows.Any && !windows.Time.IsAbsent ? windows.Time : _time) ?? TimeAmong(names, bag)
            ?? _last ?? DateTimeOffset.UnixEpoch.AddSeconds(index);
        if (time > DateTimeOffset.UnixEpoch.AddDays(365))
            _last = time;
        return bag.ToSubject(source, time, _session);
    }

    private LogSource SourceOf(FieldNames names, FieldBag bag, WindowsEvent windows)
    {
        bool isWindows = windows.Any;
        var (channel, provider, id) = (windows.Channel, windows.Provider, windows.Id);
        if (!isWindows)
        {
            (channel, provider, id) = (bag[Known.Channel], bag[Known.ProviderName], bag[Known.EventId]);
            isWindows = !channel.IsAbsent && !id.IsAbsent;
            for (int i = 0; isWindows && provider.IsAbsent && i < ProviderNames.Length; i++)
                provider = bag[names.Of(ProviderNames[i])];
            if (isWindows && !provider.IsAbsent)
                bag.Add(Known.ProviderName, provider);
        }

        double number = id.Kind == FieldKind.Number ? id.Number : double.TryParse(id.Text, System.Globalization.CultureInfo.InvariantCulture, out double parsed) ? parsed : -1;
        var row = isWindows ? _table.OfWindows(channel.Text, provider.Text, number, bag, names) : _table.OfRecord(bag, names);
        if (row is null)
        {
            Unmapped++;
            Unknown = isWindows ? channel.Text ?? provider.Text ?? "a Windows event without channel" : "a record without log source";
            return new LogSource(isWindows ? "windows" : null, null);
        }

        row.Name(bag, names);
        return row.Source;
    }

    private static DateTimeOffset? TimeAmong(FieldNames names, FieldBag bag)
    {
        foreach (string name in TimeNames)
        {
            if (EventTime.Of(bag[names.Of(name)]) is { } time)
                return time;
        }

        return null;
    }

    /// <summary>What grows with the names that a log has.</summary>
    private sealed class Tables
    {
        public Tables()
        {
            Bag = new FieldBag(Names);
            Windows = new WindowsEvent(Names, Values, Bag);
        }

        public FieldNames Names { get; } = new(Known.Names);

        public FieldValues Values { get; } = new();

        public FieldBag Bag { get; }

        public WindowsEvent Windows { get; }
    }
}
