using System.Security.Cryptography;
using System.Text;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Sensors.Files;
using Canary.Yaml;

namespace Canary.Tests.Models.Locking;

/// <summary>Locks and files of a test's own making.</summary>
internal static class Locked
{
    public const int MiB = 1 << 20;

    public static readonly DateTimeOffset Day = new(2026, 11, 28, 1, 2, 3, 456, TimeSpan.Zero);

    /// <summary>Bytes that differ from each other and are the same in each run.</summary>
    public static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static LockedFile File(string path, byte[] bytes, params ModelTensor[] tensors)
    {
        var digests = FilePass.Run(new HeldBytes(path, bytes), tensors, []);
        return new LockedFile(path, digests.Size, digests.Sha256, digests.Chunks)
        {
            Format = "gguf",
            Verdict = ModelVerdict.Allow,
            Scanner = "0.1.0",
            VerifiedAt = Day,
            HeaderSha256 = digests.HeaderSha256,
            Tensors = digests.Tensors,
        };
    }

    public static ModelLock Of(params LockedFile[] files) => new(Day, ".", files);

    public static ModelTensor Tensor(string name, long offset, long length) => new(name, "F16", [length / 2], offset, length);

    public static (ModelLock? Lock, string Faults) Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    public static (ModelLock? Lock, string Faults) Read(byte[] bytes)
    {
        var faults = new Diagnostics();
        var read = LockReader.Read(bytes, "models.lock", faults);
        return (read, string.Join('\n', faults.All));
    }

    public static IModelFiles Files() => ModelFilesHere.Create();
}
