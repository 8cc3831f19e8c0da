namespace Canary.Models.Containers;

/// <summary>Says what is wrong with an archive, once each kind and place; hostile archives have the same fault in every member.</summary>
internal sealed class ZipFaults(ModelFacts facts, ModelInspection inspection)
{
    private const int MostOfOneKind = 100;

    private readonly Dictionary<string, int> _counts = [];

    public void Deny(string code, long at, string why) => Say(code, ModelVerdict.Deny, inspection.At(at), why);

    public void Deny(string code, string member, string why) => Say(code, ModelVerdict.Deny, inspection.At(member), why);

    public void Unknown(string code, long at, string why) => Say(code, ModelVerdict.Unknown, inspection.At(at), why);

    public void Unknown(string code, string member, string why) => Say(code, ModelVerdict.Unknown, inspection.At(member), why);

    private void Say(string code, ModelVerdict verdict, string place, string why)
    {
        int count = _counts[code] = _counts.GetValueOrDefault(code) + 1;
        if (count <= MostOfOneKind)
            facts.Report(code, verdict, place, why);
    }
}
