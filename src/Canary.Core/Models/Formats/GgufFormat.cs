using Canary.Models.Formats.Gguf;

namespace Canary.Models.Formats;

/// <summary>GGUF, versions 2 and 3, in either byte order: what llama.cpp, Ollama and their kin load. Checked as ggml does, and where ggml does not.</summary>
public sealed class GgufFormat : IModelFormat
{
    public string Name => "gguf";

    public bool Claims(ModelBytes bytes) => HasMagic(bytes) || bytes.Name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (!HasMagic(bytes))
        {
            facts.Report("gguf-magic", ModelVerdict.Deny, inspection.At(0), "the file is called GGUF and does not begin as one");
            return;
        }

        PickleName.Check(Name, bytes, facts, inspection);
        try
        {
            var head = GgufHead.Read(bytes, facts, inspection);
            if (head.BigEndian)
                facts.Report("gguf-big-endian", ModelVerdict.Allow, inspection.At(4), "the numbers stand in the order of big-endian machines");
            if (head.Metadata.Values.TryGetValue("general.architecture", out var architecture) && architecture.Type != GgufValueType.String)
                facts.Report("gguf-architecture", ModelVerdict.Deny, inspection.At("general.architecture"), "the name of the architecture is not a text");
            GgufTokenizer.Check(head.Metadata, facts, inspection);
            GgufTemplates.Judge(head.Metadata, bytes, facts, inspection);
            GgufLayout.Check(head, bytes, facts, inspection);
            GgufShards.Check(head, bytes, facts, inspection);
        }
        catch (MalformedModelException fault)
        {
            fault.ReportTo(facts);
        }
    }

    internal static bool HasMagic(ModelBytes bytes) => bytes.Head.StartsWith("GGUF"u8);
}
