namespace Canary.Models;

/// <summary>One format of model files. A new one is a file in <c>Formats</c>, a line in <see cref="ModelFormats"/> and fixtures.</summary>
public interface IModelFormat
{
    /// <summary>The word of NDJSON and of rules: <c>gguf</c>.</summary>
    string Name { get; }

    /// <summary>By content; by name only where the content has no mark of its own. Cheap: the head is read already.</summary>
    bool Claims(ModelBytes bytes);

    /// <summary>
    /// Says all that there is to say of it. What is malformed is an anomaly, never an exception; the bytes are hostile, so that size, depth
    /// and time are bounded. <see cref="OperationCanceledException"/> and the <see cref="IOException"/> of a failing medium pass through.
    /// </summary>
    void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection);
}
