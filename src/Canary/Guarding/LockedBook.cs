using Canary.ModelFiles;
using Canary.Models;
using Canary.Models.Gating;
using Canary.Models.Locking;
using Canary.Sensors.Gating;

namespace Canary.Guarding;

/// <summary>A lock as the gate asks for it: where its files really lie here.</summary>
internal static class LockedBook
{
    public static GateBook Of(AskedFiles asked) => new([.. asked.Files.Select(f => Of(f.File, f.Path))]);

    public static GatedFile Of(LockedFile file, string path)
    {
        // A snapshot of a hub's cache is links: the kernel names what they lead to.
        string real = OperatingSystem.IsLinux() ? FileSeal.RealPath(path) : Path.GetFullPath(path);
        ModelTensor[] tensors = [.. file.Tensors.Select(t => new ModelTensor(t.Name, t.Type, [], t.Offset, t.Length))];
        return new GatedFile(real, file.Size, file.Sha256, file.Chunks, tensors, file.Format, file.Verdict.Word(), file.Basis.Word());
    }
}
