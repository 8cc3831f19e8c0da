using System.Text.Json;
using Canary.Findings;
using Canary.Rules;

namespace Canary.Replay;

/// <summary>
/// Reads the parts of a Windows event as the exporters write them: attributes in <c>#attributes</c>, behind <c>@</c>, in
/// <c>…_attributes</c> or plain; <c>Data</c> as names and values, as elements with a name, or as a list without.
/// </summary>
internal sealed class WindowsEvent(FieldNames names, FieldValues values, FieldBag bag)
{
    // winlogbeat's words for the header.
    private static readonly (string Theirs, string Ours)[] Beats =
    [
        ("channel", "Channel"), ("event_id", "EventID"), ("provider_name", "Provider_Name"), ("provider_guid", "Provider_Guid"),
        ("computer_name", "Computer"), ("record_id", "EventRecordID"), ("level", "Level"), ("task", "Task"), ("opcode", "Opcode"),
    ];

    private readonly List<(int Number, FieldValue Value)> _header = [];
    private readonly List<string> _data = [];
    private readonly Dictionary<(int, int), int> _joined = [];

    private readonly int _text = names.Of("#text"), _attributes = names.Of("#attributes"), _plainValue = names.Of("Value"), _name = names.Of("Name"), _atName = names.Of("@Name");
    private readonly int _dataName = names.Of("Data"), _channel = names.Of("Channel"), _provider = names.Of("Provider_Name"), _eventId = names.Of("EventID");
    private readonly int _systemTime = names.Of("TimeCreated_SystemTime"), _eventData = names.Of("event_data"), _userData = names.Of("user_data");
    private readonly Dictionary<int, int> _beats = Beats.ToDictionary(b => names.Of(b.Theirs), b => names.Of(b.Ours));

    public bool Any { get; private set; }

    public FieldValue Channel => Header(_channel);

    public FieldValue Provider => Header(_provider);

    public FieldValue Id => Header(_eventId);

    public FieldValue Time => Header(_systemTime);

    public void Clear()
    {
        _header.Clear();
        _data.Clear();
        Any = false;
    }

    /// <summary>Puts the header's fields behind the event's own: where both have a name, rules mean the event's, but for its id and provider.</summary>
    public void Close()
    {
        if (_data.Count > 0)
            bag.Add(_dataName, _data.Count == 1 ? FieldValue.Of(_data[0]) : FieldValue.Of([.. _data]));
        foreach (var (number, value) in _header)
            bag.Add(number, value, replace: number == _eventId || number == _provider);
    }

    public void ReadSystem(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        Any = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int number = names.Read(ref reader);
            string name = names[number];
            bool separate = name.EndsWith("_attributes", StringComparison.Ordinal);
            if (separate)
                number = names.Of(name[..^"_attributes".Length]);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadElement(ref reader, json, number);
            else if (reader.TokenType != JsonTokenType.Null)
                _header.Add((number, values.Read(ref reader, json, number)));
        }
    }

    public void ReadEventData(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        Any = true;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            ReadData(ref reader, json);
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int number = names.Read(ref reader);
            reader.Read();
            if (number == _dataName)
                ReadData(ref reader, json);
            else if (IsAttribute(number))
                reader.Skip();
            else
                bag.Add(number, ReadValue(ref reader, json, number));
        }
    }

    /// <summary>One element with a name that tells nothing, and the fields in it.</summary>
    public void ReadUserData(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        Any = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int number = names.Read(ref reader);
            reader.Read();
            if (IsAttribute(number))
                reader.Skip();
            else if (reader.TokenType == JsonTokenType.StartObject)
                ReadEventData(ref reader, json);
            else
                bag.Add(number, values.Read(ref reader, json, number));
        }
    }

    public void ReadWinlog(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        Any = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int number = names.Read(ref reader);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && number == _eventData)
                ReadEventData(ref reader, json);
            else if (reader.TokenType == JsonTokenType.StartObject && number == _userData)
                ReadUserData(ref reader, json);
            else if (_beats.TryGetValue(number, out int ours))
                _header.Add((ours, values.Read(ref reader, json, ours)));
            else
                reader.Skip();
        }
    }

    private void ReadElement(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int element)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int part = names.Read(ref reader);
            reader.Read();
            if (part == _attributes && reader.TokenType == JsonTokenType.StartObject)
                ReadElement(ref reader, json, element);
            else if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                reader.Skip();
            else if (part == _text || part == _plainValue)
                _header.Add((element, values.Read(ref reader, json, element)));
            else
                _header.Add((Joined(element, part), values.Read(ref reader, json, Joined(element, part))));
        }
    }

    /// <summary>What a <c>Data</c> holds: a value, a list of them, or elements that carry their name.</summary>
    private void ReadData(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    ReadData(ref reader, json);
                break;
            case JsonTokenType.StartObject:
                ReadNamed(ref reader, json);
                break;
            case JsonTokenType.Null:
                break;
            default:
                _data.Add(RecordValue.Read(ref reader, json).ToString() ?? "");
                break;
        }
    }

    private void ReadNamed(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        string? name = null;
        var value = FieldValue.Null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int part = names.Read(ref reader);
            reader.Read();
            if (part == _name || part == _atName)
                name = RecordValue.Read(ref reader, json).Text;
            else if (part == _attributes && reader.TokenType == JsonTokenType.StartObject)
                name = NameAmong(ref reader, json) ?? name;
            else if (part == _text || part == _plainValue)
                value = RecordValue.Read(ref reader, json);
            else
                reader.Skip();
        }

        if (name is not null)
            bag.Add(names.Of(name.Replace(" ", "", StringComparison.Ordinal)), value);
        else if (value.List is { } list)
            _data.AddRange(list);
        else if (value.ToString() is { } one)
            _data.Add(one);
    }

    private string? NameAmong(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        string? name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int part = names.Read(ref reader);
            reader.Read();
            var value = RecordValue.Read(ref reader, json);
            if (part == _name)
                name = value.Text;
        }

        return name;
    }

    // A value that also has attributes is an object with its text inside.
    private FieldValue ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int number)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return values.Read(ref reader, json, number);
        var inside = reader;
        var value = FieldValue.Null;
        bool found = false;
        while (inside.Read() && inside.TokenType == JsonTokenType.PropertyName)
        {
            bool isText = names.Read(ref inside) == _text;
            inside.Read();
            if (isText)
                (value, found) = (RecordValue.Read(ref inside, json), true);
            else
                inside.Skip();
        }

        if (!found)
            return RecordValue.Read(ref reader, json);
        reader = inside;
        return value;
    }

    private bool IsAttribute(int number) => number == _attributes || names[number].StartsWith('@') || names[number] == "xmlns";

    private int Joined(int element, int part)
    {
        if (!_joined.TryGetValue((element, part), out int joined))
            _joined[(element, part)] = joined = names.Of($"{names[element]}_{names[part].TrimStart('@')}");
        return joined;
    }

    private FieldValue Header(int number)
    {
        foreach (var (at, value) in _header)
        {
            if (at == number)
                return value;
        }

        return default;
    }
}
