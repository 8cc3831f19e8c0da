using System.IO.Enumeration;
using Canary.Config;
using Canary.Events;

namespace Canary.Agents;

/// <summary>Learns an agent's own session id from what the agent itself leaves: its transcript's name, its options, its children's environment.</summary>
internal static class SessionNames
{
    private const string Mark = "{session}";

    private static readonly System.Buffers.SearchValues<char> IdCharacters =
        System.Buffers.SearchValues.Create("-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static string? FromFile(AgentProfile profile, string path)
    {
        path = Catalogue.Comparable(path, out bool ignoreCase);
        foreach (string pattern in profile.SessionFiles)
        {
            int mark = pattern.IndexOf(Mark, StringComparison.Ordinal);
            if (mark < 0 || !FileSystemName.MatchesSimpleExpression(pattern.Replace(Mark, "*", StringComparison.Ordinal), path, ignoreCase))
                continue;
            string tail = pattern[(mark + Mark.Length)..];
            int slash = tail.IndexOf('/', StringComparison.Ordinal);
            // The path's component in which the mark stands, less what the pattern has around it there.
            int componentsAfter = slash < 0 ? 0 : tail.Count('/');
            string component = Component(path, componentsAfter);
            string before = pattern[(pattern.LastIndexOf('/', mark) + 1)..mark];
            string after = slash < 0 ? tail : tail[..slash];
            string? id = Between(component, before, after, ignoreCase);
            if (id is not null && IsId(id))
                return id;
        }

        return null;
    }

    public static string? FromArguments(AgentProfile profile, IReadOnlyList<string> arguments)
    {
        for (int i = 1; i < arguments.Count && i < 256; i++)
        {
            foreach (string option in profile.SessionOptions)
            {
                if (arguments[i] == option && i + 1 < arguments.Count && IsId(arguments[i + 1]))
                    return arguments[i + 1];
                if (arguments[i].StartsWith(option + "=", StringComparison.Ordinal) && IsId(arguments[i][(option.Length + 1)..]))
                    return arguments[i][(option.Length + 1)..];
            }
        }

        return null;
    }

    public static string? FromEnvironment(AgentProfile profile, int pid, IProcessProbe probe)
    {
        foreach (string variable in profile.SessionVariables)
        {
            if (probe.Variable(pid, variable) is { } id && IsId(id))
                return id;
        }

        return null;
    }

    private static string Component(string path, int fromEnd)
    {
        int end = path.Length;
        for (; fromEnd > 0; fromEnd--)
            end = path.LastIndexOf('/', end - 1);
        return path[(path.LastIndexOf('/', end - 1) + 1)..end];
    }

    private static string? Between(string component, string before, string after, bool ignoreCase)
    {
        // `before` may hold wildcards of fixed width only: `rollout-????-??-…-`.
        if (component.Length <= before.Length || !FileSystemName.MatchesSimpleExpression(before.EndsWith('*') ? before : before + "*", component, ignoreCase))
            return null;
        int start = before.Contains('*', StringComparison.Ordinal) ? component.LastIndexOf('-', component.Length - after.Length - 1) + 1 : before.Length;
        int end = after.Contains('*', StringComparison.Ordinal)
            ? component.IndexOf(after[..after.IndexOf('*', StringComparison.Ordinal)], start, StringComparison.Ordinal)
            : component.Length - after.Length;
        return end > start ? component[start..end] : null;
    }

    // A UUID, or what other agents use: never long, never with anything that a log or a mail must fear.
    private static bool IsId(string id) => id.Length is >= 6 and <= 64 && !id.AsSpan().ContainsAnyExcept(IdCharacters);
}
