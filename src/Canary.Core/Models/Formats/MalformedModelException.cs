namespace Canary.Models.Formats;

/// <summary>A fault after which the rest of a file cannot be read. Never leaves the format that threw it.</summary>
/// <param name="code">As in <see cref="ModelAnomaly"/>.</param>
/// <param name="place">Where, as <see cref="ModelInspection.At(long)"/> says it.</param>
/// <param name="why">One sentence for people, without the place.</param>
internal sealed class MalformedModelException(string code, ModelVerdict verdict, string place, string why) : Exception(why)
{
    public string Code { get; } = code;

    public ModelVerdict Verdict { get; } = verdict;

    public string Place { get; } = place;

    public void ReportTo(ModelFacts facts) => facts.Report(Code, Verdict, Place, Message);
}
