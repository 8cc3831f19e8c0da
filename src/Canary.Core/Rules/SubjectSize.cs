using Canary.Findings;

namespace Canary.Rules;

/// <summary>About how much memory a remembered subject holds: its authors decide how long its texts are, and how many of them are remembered.</summary>
internal static class SubjectSize
{
    public static long Of(Subject subject)
    {
        long characters = 0;
        foreach (var field in subject.Names)
        {
            var value = subject.Get(field);
            if (value.IsAbsent)
                continue;
            characters += 32 + (value.Text?.Length ?? 0);
            foreach (string element in value.List ?? [])
                characters += element.Length;
        }

        return characters * sizeof(char);
    }
}
