using System.Diagnostics;
using System.Security.Cryptography;
using Canary.Findings;
using Canary.Models;
using Canary.Models.Gating;
using Canary.Models.Hashing;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>A directory of models on a filesystem with ranges, a gate over it, and other processes that load from it.</summary>
public sealed class GateWorld : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<GatedFile> _book = [];
    private readonly List<GateWord> _words = [];

    public GateWorld(string? within = null)
    {
        Assert.True(Environment.IsPrivilegedProcess, "kernel tests need root: sudo ./dev test");
        // Not below /tmp, which may be a tmpfs: that has no events for ranges.
        Root = Path.Combine(within ?? "/var/tmp", $"canary-gate-{Guid.NewGuid():N}");
        Directory.CreateDirectory(At("models"));
        Directory.CreateDirectory(At("elsewhere"));
        string source = Path.Combine(AppContext.BaseDirectory, "Gating", "model-reads.c");
        Act($"gcc -O1 -o elsewhere/model-reads '{source}'");
    }

    public string Root { get; }

    public ModelGate? Gate { get; private set; }

    public string At(string relative) => Path.Combine(Root, relative);

    /// <summary>A file of the book, of so many MiB and a bit, whose tensors are 3 MiB long each.</summary>
    public GatedFile Model(string relative, int mebibytes, bool written = true)
    {
        byte[] bytes = Bytes(mebibytes);
        if (written && Directory.Exists(Path.GetDirectoryName(At(relative))))
            File.WriteAllBytes(At(relative), bytes);
        var file = Of(relative, bytes);
        _book.Add(file);
        return file;
    }

    /// <summary>What a lock says of such bytes.</summary>
    public GatedFile Of(string relative, byte[] bytes)
    {
        byte[] digests = new byte[ChunkTable.CountOf(bytes.Length) * 32];
        for (int i = 0; i < digests.Length / 32; i++)
        {
            (long offset, int length) = ChunkTable.Place(bytes.Length, i);
            ChunkTable.Digest(bytes.Length, i, bytes.AsSpan((int)offset, length), digests.AsSpan(i * 32, 32));
        }

        const int TensorBytes = 3 << 20;
        var tensors = Enumerable.Range(0, (bytes.Length + TensorBytes - 1) / TensorBytes)
            .Select(i => new ModelTensor($"blk.{i}.weight", "F16", [TensorBytes / 2], (long)i * TensorBytes, TensorBytes)).ToArray();
        return new GatedFile(At(relative), bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), new ChunkTable(bytes.Length, digests),
            tensors, "gguf", "allow", "first-seen");
    }

    /// <summary>One more file for the book.</summary>
    public void Add(GatedFile file) => _book.Add(file);

    /// <summary>What <see cref="Model"/> writes.</summary>
    public static byte[] Bytes(int mebibytes)
    {
        byte[] bytes = new byte[(mebibytes << 20) + 4321];
        new Random(mebibytes).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Turns one bit over, and leaves the times as they were.</summary>
    public void Flip(string relative, long offset)
    {
        string path = At(relative);
        var modified = File.GetLastWriteTimeUtc(path);
        using (var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = offset;
            int old = file.ReadByte();
            file.Position = offset;
            file.WriteByte((byte)(old ^ 1));
        }

        File.SetLastWriteTimeUtc(path, modified);
    }

    public GateWorld Start(Func<ModelGateOptions, ModelGateOptions>? change = null)
    {
        var options = new ModelGateOptions { Paths = [At("models")], SealRecord = At("elsewhere/seals"), Seal = ModelSeal.None };
        Assert.Null(ModelGate.Start(change?.Invoke(options) ?? options, new GateBook(_book), TimeProvider.System, out var gate));
        Gate = gate;
        return this;
    }

    /// <summary>What a loader prints that loads a file in this way.</summary>
    public string Load(string how, string relative) => Output($"./elsewhere/model-reads {how} '{relative}' || true").Trim();

    public string Output(string script)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "set -e; " + script]) { WorkingDirectory = Root, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Patience), "the script did not end");
        Assert.True(process.ExitCode == 0, $"the script failed: {errors.Result}{output}");
        return output;
    }

    public void Act(string script) => _ = Output(script);

    /// <summary>Ends the gate and gives all it told of loads: <c>answer reason file tensors</c>.</summary>
    public IReadOnlyList<string> Told()
    {
        Gate!.Stop();
        Hear();
        return [.. Loads.Select(l => $"{l.Answer.Word()} {l.Reason.Word()} {Path.GetFileName(l.Path)} {string.Join(',', l.Tensors)}".TrimEnd())];
    }

    /// <summary>Takes what was told so far.</summary>
    public void Hear()
    {
        while (Gate!.Words.TryRead(out var word))
            _words.Add(word);
    }

    public IEnumerable<ModelLoad> Loads => _words.OfType<GateSubject>().Select(w => w.Subject).OfType<ModelLoad>();

    public IEnumerable<GateGuarantee> Guarantees => _words.OfType<GateGuarantee>();

    public IEnumerable<HealthReport> Troubles => _words.OfType<GateSubject>().Select(w => w.Subject).OfType<HealthReport>();

    /// <summary>Waits until a file's guarantee is this.</summary>
    public void Await(string relative, FileGuarantee guarantee)
    {
        var began = Stopwatch.StartNew();
        while (!Gate!.Files.Contains((At(relative), guarantee)))
        {
            Assert.True(began.Elapsed < TimeSpan.FromSeconds(10), $"{relative} is still {Gate.Files.FirstOrDefault(f => f.Path == At(relative)).Guarantee}");
            Thread.Sleep(10);
        }
    }

    public void Dispose()
    {
        Gate?.Dispose();
        Act("chattr -R -i models elsewhere 2>/dev/null || true; rm -rf \"$PWD\"");
    }
}
