namespace Canary.Native;

/// <summary>Why the last call of this thread answered what it did, for people.</summary>
internal static class LastWords
{
    private static readonly ThreadLocal<string> Words = new(() => "");

    public static string Of => Words.Value ?? "";

    /// <summary>Keeps the words and gives back the outcome.</summary>
    public static VerifyOutcome Say(VerifyOutcome outcome, string words)
    {
        Words.Value = words;
        return outcome;
    }
}
