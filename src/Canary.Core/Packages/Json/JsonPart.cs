namespace Canary.Packages.Json;

/// <summary>A JSON value that knows where it stands.</summary>
/// <param name="Offset">Of its first byte in the file.</param>
public abstract record JsonPart(int Offset);

public sealed record JsonText(int Offset, string Text) : JsonPart(Offset);

/// <summary>A number, as written.</summary>
public sealed record JsonNumber(int Offset, string Text) : JsonPart(Offset);

public sealed record JsonTruth(int Offset, bool Value) : JsonPart(Offset);

public sealed record JsonNull(int Offset) : JsonPart(Offset);

public sealed record JsonList(int Offset, IReadOnlyList<JsonPart> Items) : JsonPart(Offset);

/// <param name="Members">In their order; a name that stands twice is there twice.</param>
public sealed record JsonMap(int Offset, IReadOnlyList<JsonMember> Members) : JsonPart(Offset)
{
    /// <summary>The value of a name, the last where it stands twice, as JavaScript has it; null where it is absent.</summary>
    public JsonPart? Find(string name)
    {
        for (int i = Members.Count - 1; i >= 0; i--)
        {
            if (Members[i].Name == name)
                return Members[i].Value;
        }

        return null;
    }

    public JsonMap? Map(string name) => Find(name) as JsonMap;

    public JsonList? List(string name) => Find(name) as JsonList;

    public string? Text(string name) => (Find(name) as JsonText)?.Text;

    public bool Truth(string name) => Find(name) is JsonTruth { Value: true };
}

/// <param name="Offset">Of the name.</param>
public readonly record struct JsonMember(int Offset, string Name, JsonPart Value);
