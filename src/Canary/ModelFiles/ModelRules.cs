using Canary.Findings;

namespace Canary.ModelFiles;

/// <summary>What is said of a model where no rule in YAML says it.</summary>
internal static class ModelRules
{
    public static readonly RuleFacts Denied = Rule(
        "6f0a4f0e-3c55-4d0f-9d26-0c6d7a1be401", "model_denied", "A model file that must not be loaded", Level.High, "attack.t1195.002",
        "It runs something when it is loaded, is not what it says, or is damaged in a way that loaders trip over.");

    public static readonly RuleFacts Unknown = Rule(
        "b8c3e7d2-51fa-4d3b-8a7b-2e94c0a6f502", "model_unknown", "A model file that is not understood whole", Level.Medium, "attack.t1195.002",
        "What is not understood is not known to be harmless.");

    public static readonly RuleFacts Unread = Rule(
        "0d9e6b1c-7f42-4b8a-9c35-84e1f7d2a603", "model_unread", "A model file could not be read", Level.Medium, null,
        "What cannot be read cannot be judged.");

    public static readonly RuleFacts Mismatch = Rule(
        "3a7d15f8-2e6b-4c9d-b041-6f8e9a0c3704", "model_hash_mismatch", "A model file is not the one that its publisher gave a digest of", Level.Critical, "attack.t1195.002",
        "It was damaged on the way, or somebody put another one in its place.");

    public static readonly RuleFacts BadSignature = Rule(
        "91c4b2e6-8d07-4f5a-a3e8-1b6d5f7c0805", "model_bad_signature", "A signature of models does not hold", Level.Critical, "attack.t1553",
        "What it says was changed after it was signed, or it is of somebody else.");

    public static readonly RuleFacts Changed = Rule(
        "d2f86a31-b90e-4e47-8c1f-5a3e7b9d4906", "model_changed", "A model file is not the one that was locked", Level.Critical, "attack.t1565.001",
        "Its bytes are not those of the lock.");

    public static readonly RuleFacts Missing = Rule(
        "74b1e0c9-6a2d-4835-95fe-c7d8034a1a07", "model_missing", "A locked model file is missing", Level.High, null,
        "A model that is not whole is another model.");

    public static readonly RuleFacts Extra = Rule(
        "ea5c9d47-1f38-4b62-b7d0-93c6f2e85b08", "model_extra", "A file that loaders take up, and no lock names", Level.High, "attack.t1195.002",
        "Beside weights that were locked it may be what is loaded, or what runs.");

    public static readonly RuleFacts Stray = Rule(
        "58f7a3d0-c419-4e2b-8d96-0b1e6c7f9c09", "model_stray", "A file that no lock names", Level.Low, null,
        "It was not there when the models were locked.");

    public static readonly RuleFacts Unstable = Rule(
        "c60d8b95-e7a4-4f13-9b28-d45f1a3e7d10", "model_unstable", "A model file was written while it was verified", Level.High, "attack.t1565.001",
        "Nothing is known of a file that changes under the eyes of its reader.");

    public static readonly RuleFacts Relocked = Rule(
        "1e94c7f2-0b5d-4a68-a2c3-7f6d8e9b0e11", "model_relocked", "A model file changed since the last lock", Level.Medium, null,
        "The new lock believes the new bytes; nobody vouches for them but whoever runs this.");

    private static RuleFacts Rule(string id, string slug, string title, Level level, string? tag, string why) => new(id, slug, title, level, tag is null ? [] : [tag], why, "Canary", [], []);
}
