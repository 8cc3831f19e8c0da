namespace Canary.Models.Formats.Gguf;

/// <summary>The tables of the tokenizer, which runtimes walk side by side: one that is shorter than its neighbour is read past its end.</summary>
internal static class GgufTokenizer
{
    private const string Tokens = "tokenizer.ggml.tokens";

    private static readonly (string Key, GgufValueType Element)[] Tables =
    [
        (Tokens, GgufValueType.String),
        ("tokenizer.ggml.scores", GgufValueType.Float32),
        ("tokenizer.ggml.token_type", GgufValueType.Int32),
        ("tokenizer.ggml.merges", GgufValueType.String),
        ("tokenizer.ggml.added_tokens", GgufValueType.String),
    ];

    // These have one entry for each token.
    private static readonly string[] Parallel = ["tokenizer.ggml.scores", "tokenizer.ggml.token_type"];

    public static void Check(GgufMetadata metadata, ModelFacts facts, ModelInspection inspection)
    {
        foreach (var (key, element) in Tables)
        {
            if (metadata.Values.TryGetValue(key, out var value) && !value.IsArrayOf(element))
                facts.Report("gguf-tokenizer-type", ModelVerdict.Deny, inspection.At(key), $"it is not an array of {element}");
        }

        bool hasTokens = metadata.Values.TryGetValue(Tokens, out var tokens);
        foreach (string key in Parallel)
        {
            if (metadata.Values.TryGetValue(key, out var value) && (!hasTokens || value.Count != tokens.Count))
                facts.Report("gguf-tokenizer-length", ModelVerdict.Deny, inspection.At(key), $"it has {value.Count} entries for {tokens.Count} tokens");
        }
    }
}
