using Canary.Models.Gating;

namespace Canary.Config;

/// <summary>How model files are judged and guarded: the section <c>models:</c>.</summary>
/// <param name="Guard">Directories and files that the daemon guards, absolute; none for no gate.</param>
/// <param name="Lock">The lock that they are held against, absolute; null where there is none.</param>
/// <param name="Policies">What the gate does with a file that is not as the lock has it, or not in it.</param>
/// <param name="Deadline">How long one open or read may wait for the gate.</param>
/// <param name="OnDeath">What becomes of openers when the daemon or <c>model guard</c> dies.</param>
/// <param name="Seal">What keeps files as they are that the gate compared whole.</param>
/// <param name="Ahead">Whether the gate compares files before anyone opens them, while nobody waits for it.</param>
/// <param name="AllowImports">What pickles may import besides the built-in list.</param>
public sealed record ModelsConfig(
    IReadOnlyList<string> Guard, string? Lock, PolicyBook Policies, TimeSpan Deadline, OnDeath OnDeath, ModelSeal Seal, bool Ahead,
    IReadOnlyList<AllowedImports> AllowImports);

/// <summary>Imports that a team answers for.</summary>
/// <param name="Module">A module, or a glob of modules: <c>acme.*</c>.</param>
/// <param name="Names">Names in it; a glob each.</param>
/// <param name="By">Opcodes that may use them; empty for those that only make an object of a class (NEWOBJ).</param>
public sealed record AllowedImports(string Module, IReadOnlyList<string> Names, IReadOnlyList<string> By);
