using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Canary.Models.Templates;

/// <summary>Tells the marks by which a conversation is laid out from words that say something.</summary>
internal static partial class TemplateWords
{
    // Roles, kinds of content, switches and the like: what templates test for and write that is nobody's sentence.
    private static readonly FrozenSet<string> Structural = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "user", "assistant", "system", "tool", "tools", "ipython", "model", "developer", "function", "functions", "human", "gpt", "bot", "ai",
        "observation", "environment", "think", "thinking", "thought", "reasoning", "analysis", "final", "commentary", "channel", "message", "messages",
        "start", "end", "to", "content", "text", "type", "role", "name", "image", "image_url", "images", "video", "audio", "file", "document", "documents",
        "input_audio", "picture", "null", "none", "true", "false", "json", "instruction", "response", "input", "output", "query", "answer", "call", "calls",
        "result", "results", "arguments", "parameters", "id", "index", "inst", "sys", "im", "eot", "eom", "header", "no_think", "nothink", "system_override",
        "tool_call", "tool_calls", "tool_response", "tool_results", "python", "code", "string",
        "effort", "strength", "mode", "level", "low", "medium", "high", "on", "off", "detailed");

    // Marks and switches that are looked for within contents to leave a default out.
    private static readonly FrozenSet<string> Marks = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "<<SYS>>", "/think", "/no_think", "/nothink", "/system_override",
        "detailed thinking on", "detailed thinking off");

    /// <summary>What a condition on contents looks for.</summary>
    public static Trigger Of(string literal)
    {
        string text = literal.Trim();
        if (text.Length == 0 || Structural.Contains(text) || Marks.Contains(text))
            return Trigger.None;
        return !text.Any(char.IsLetterOrDigit) || "<[{(|｜#/`".Contains(text[0], StringComparison.Ordinal) ? Trigger.Mark : Trigger.Word;
    }

    /// <summary>How many words a text says, its marks left out. Two ideographs count as a word.</summary>
    public static int Count(string text)
    {
        int words = 0, ideographs = 0;
        text = Mark().Replace(text, " ");
        foreach (var match in Word().EnumerateMatches(text))
        {
            string word = text.Substring(match.Index, match.Length);
            int wide = word.Count(c => c is >= '\u2e80' and <= '\ud7ff');
            ideographs += wide;
            if (wide == 0 && word.Length >= 2 && !Structural.Contains(word))
                words++;
        }

        return words + (ideographs + 1) / 2;
    }

    [GeneratedRegex(@"</?[^<>\s""'=]{1,60}/?>|\[/?[A-Z_]{2,40}\]|<<\S{1,20}>>", RegexOptions.CultureInvariant)]
    private static partial Regex Mark();

    [GeneratedRegex(@"[\p{L}_][\p{L}\p{M}\p{N}_'’-]*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}

/// <summary>What a part of a template hangs on, harmless first.</summary>
internal enum Trigger : byte
{
    None,

    /// <summary>A mark of the layout within a content.</summary>
    Mark,

    /// <summary>Something that a person might write, or a date.</summary>
    Word,
}
