using Canary.Models.Containers;

namespace Canary.Models.Formats;

/// <summary>Which loader's layout a zip has.</summary>
/// <param name="Format"><c>pytorch</c>, <c>torchscript</c>, <c>npz</c>, <c>keras</c> or <c>zip</c>.</param>
/// <param name="Root">The one folder that PyTorch puts around everything, with its slash; empty elsewhere.</param>
internal sealed record ZipLayout(string Format, string Root)
{
    public static ZipLayout Of(IReadOnlyList<ZipMember> members)
    {
        bool Has(string name) => members.Any(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        // PyTorch takes the first member's folder for the root, and finds names without regard to case.
        foreach (string name in members.Select(m => m.Name).Where(IsPickle).Take(1))
        {
            string root = name[..^"data.pkl".Length];
            bool script = Has(root + "constants.pkl") || members.Any(m => m.Name.StartsWith(root + "code/", StringComparison.OrdinalIgnoreCase));
            return new ZipLayout(script ? "torchscript" : "pytorch", root);
        }

        return new ZipLayout(
            Has("config.json") && (Has("metadata.json") || members.Any(m => m.Name.EndsWith(".weights.h5", StringComparison.Ordinal))) ? "keras"
            : members.Count > 0 && members.All(m => m.Name.EndsWith(".npy", StringComparison.OrdinalIgnoreCase)) ? "npz" : "zip", "");
    }

    /// <summary>The plain numbers of a tensor: <c>data/0</c>, and the constants of a script.</summary>
    public bool IsStorage(ZipMember member) => Root.Length > 0 && (IsNumber(member.Name, "data/") || IsNumber(member.Name, "constants/"));

    /// <summary>The source of a script. Its <c>.debug_pkl</c> neighbours are pickles, and are read as such.</summary>
    public bool IsScript(ZipMember member) => Root.Length > 0 && member.Name.StartsWith(Root + "code/", StringComparison.OrdinalIgnoreCase)
        && !member.Name.EndsWith(".debug_pkl", StringComparison.OrdinalIgnoreCase);

    private static bool IsPickle(string name) =>
        name.EndsWith("/data.pkl", StringComparison.OrdinalIgnoreCase) && name.IndexOf('/') == name.Length - "/data.pkl".Length;

    private bool IsNumber(string name, string folder) => name.Length > Root.Length + folder.Length
        && name.StartsWith(Root, StringComparison.Ordinal) && name.AsSpan(Root.Length).StartsWith(folder, StringComparison.Ordinal)
        && name.AsSpan(Root.Length + folder.Length).IndexOfAnyExceptInRange('0', '9') < 0;
}
