namespace Canary.Commands;

/// <summary>The summary line of the <c>rules</c> commands.</summary>
internal static class RulesJson
{
    public static string Summary(RulesSelection selection, int? passed, int? failed) => JsonLine.Of("summary", w =>
    {
        w.WriteNumber("files", selection.Files);
        w.WriteNumber("rules", selection.Chosen.Count);
        w.WriteNumber("refused", selection.Load.Refused);
        w.WriteNumber("unsupported", selection.Load.Unsupported);
        if (passed is { } p)
            w.WriteNumber("passed", p);
        if (failed is { } f)
            w.WriteNumber("failed", f);
    });
}
