using System.Collections.Frozen;
using Canary.Models.Containers;

namespace Canary.Models.Formats;

/// <summary>Judges the members of an archive that no format claims: programs, source that a loader runs, text, and what nobody knows.</summary>
internal static class StrayMember
{
    private const int MostTextBytes = 1024 * 1024;

    private static readonly FrozenSet<string> Code = FrozenSet.ToFrozenSet(
        ["py", "pyc", "pyw", "pyx", "so", "pyd", "dll", "dylib", "sh", "bat", "cmd", "ps1", "js", "exe", "jar", "class", "lua", "pth"],
        StringComparer.OrdinalIgnoreCase);

    /// <returns>Whether the member is one that carries code; it was reported.</returns>
    public static bool ReportCode(ModelBytes member, ModelFacts facts, ModelInspection inspection)
    {
        if (NativeCode.Kind(member.Head) is { } kind)
        {
            facts.Report("archive-native-code", ModelVerdict.Deny, inspection.At(member.Name), $"the member is a program ({kind})");
            return true;
        }

        if (!Code.Contains(member.Name[(member.Name.LastIndexOf('.') + 1)..]) && !member.Head.StartsWith("#!"u8))
            return false;
        facts.Report("archive-code", ModelVerdict.Unknown, inspection.At(member.Name),
            "the member is source or compiled code, which some loaders run");
        return true;
    }

    /// <summary>Offers a member to the formats, and judges it where none claims it.</summary>
    /// <returns>The member's format; null where none claims it.</returns>
    public static IModelFormat? Inspect(ModelBytes member, ModelFacts facts, ModelInspection inspection)
    {
        if (member.Length == 0)
            return null;
        var format = inspection.Member(member, facts);
        if (format is null && !ReportCode(member, facts, inspection) && !IsText(member))
            facts.Report("archive-unknown-member", ModelVerdict.Unknown, inspection.At(member.Name), "no reader knows the member");
        return format;
    }

    // Text that loads as something is claimed by its format; what remains is read by people.
    private static bool IsText(ModelBytes member) => member.Length <= MostTextBytes
        && member.Read(0, MostTextBytes) is var text && System.Text.Unicode.Utf8.IsValid(text) && !text.AsSpan().Contains((byte)0);
}
