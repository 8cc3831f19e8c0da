namespace Canary.Models;

/// <summary>Something that a pickle, or a configuration that names code, imports.</summary>
/// <param name="Module">As it is written, with aliases resolved: <c>os</c> for <c>posix</c> is not done here.</param>
/// <param name="Name">May have dots.</param>
/// <param name="How">The opcode that used it: <c>REDUCE</c>, <c>NEWOBJ</c>, <c>BUILD</c>, … or <c>GLOBAL</c> where it was only named.</param>
/// <param name="Place">As in <see cref="ModelAnomaly"/>.</param>
public sealed record ModelImport(string Module, string Name, string How, ModelVerdict Verdict, string Place)
{
    public string Qualified => $"{Module}.{Name}";
}
