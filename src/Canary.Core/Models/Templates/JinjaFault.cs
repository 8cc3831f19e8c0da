namespace Canary.Models.Templates;

/// <summary>A template that is not Jinja as it is read here. Never leaves the judgement.</summary>
/// <param name="at">In characters of the template.</param>
internal sealed class JinjaFault(int at, string why) : Exception(why)
{
    public int At { get; } = at;
}
