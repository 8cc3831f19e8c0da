namespace Canary.Replay;

/// <summary>The numbers of the names that say what a record is.</summary>
internal static class Known
{
    public const int Event = 0, System = 1, EventData = 2, UserData = 3, ProcessingErrorData = 4, Winlog = 5, Attributes = 6;
    public const int Kind = 7, LogSource = 8, Group = 9, Session = 10, Time = 11, Fields = 12;
    public const int Product = 13, Category = 14, Service = 15, Channel = 16, ProviderName = 17, EventId = 18;
    public const int Count = 13;

    public static readonly IReadOnlyList<string> Names =
    [
        "Event", "System", "EventData", "UserData", "ProcessingErrorData", "winlog", "#attributes",
        "kind", "logsource", "group", "session", "time", "fields",
        "product", "category", "service", "Channel", "Provider_Name", "EventID",
    ];
}
