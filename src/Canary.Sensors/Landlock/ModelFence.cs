using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Landlock;

/// <summary>
/// A fence around one command and all that it starts: below the fenced directories it can read the named files and no others, whatever is
/// moved to their names later. Without root, by Landlock; it holds for as long as the command runs, whatever becomes of Canary.
/// </summary>
/// <remarks>
/// A rule is about an inode: other bytes under the same name are another inode and are refused. What is written into a named file itself
/// is not seen. Landlock allows and never forbids, so that all that stands beside the directories above a fenced one is allowed as it is
/// when the fence is made: a file made later directly in one of these directories cannot be read inside the fence.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed class ModelFence : IDisposable
{
    // Rules cost memory of the kernel; no machine has so many entries above its models.
    private const int MostRules = 100_000;

    private readonly int _ruleset;
    private int _rules;

    private ModelFence(int ruleset) => _ruleset = ruleset;

    /// <summary>Why this machine has no fence, in words; null when it has one.</summary>
    public static string? Unavailable()
    {
        int version = LandlockCalls.InterfaceVersion();
        return version >= 2 ? null
            : version == 1 ? "this kernel's Landlock is its first version, under which no command could move a file; Linux 5.19 or later is needed"
            : "this kernel has no Landlock, or it is not enabled at boot (lsm=landlock,…); use `sudo canary model guard`";
    }

    /// <param name="directories">Absolute, links resolved; none within another.</param>
    /// <param name="readable">Files below them, absolute, links resolved.</param>
    /// <exception cref="IOException">A directory or file cannot be opened, or the kernel takes no more rules.</exception>
    public static ModelFence Make(IReadOnlyList<string> directories, IReadOnlyList<string> readable)
    {
        int ruleset = LandlockCalls.CreateRuleset(LandlockCalls.ReadFile | LandlockCalls.Refer);
        if (ruleset < 0)
            throw new IOException($"landlock_create_ruleset failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        var fence = new ModelFence(ruleset);
        try
        {
            fence.Allow("/", LandlockCalls.Refer);
            fence.AllowBeside("/", [.. directories.Select(d => d.TrimEnd('/'))]);
            foreach (string file in readable)
                fence.Allow(file, LandlockCalls.ReadFile);
            return fence;
        }
        catch
        {
            fence.Dispose();
            throw;
        }
    }

    /// <summary>Runs something on a thread inside the fence: what is started there, and what that starts, stays in it.</summary>
    public T Within<T>(Func<T> start)
    {
        T result = default!;
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (!LandlockCalls.RestrictThread(_ruleset))
                    throw new IOException($"the fence could not be put up: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
                result = start();
            }
            catch (Exception e)
            {
                fault = e;
            }
        })
        { Name = "fence", IsBackground = true };
        thread.Start();
        thread.Join();
        if (fault is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        return result;
    }

    public void Dispose() => _ = LibC.Close(_ruleset);

    /// <summary>Allows reading of all that lies in a directory but what is fenced, or leads to it.</summary>
    private void AllowBeside(string directory, IReadOnlyList<string> fenced)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(directory, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true }))
        {
            if (fenced.Contains(entry))
                continue;
            if (fenced.Any(f => f.StartsWith(entry + "/", StringComparison.Ordinal)))
                AllowBeside(entry, fenced);
            else if (new FileInfo(entry).LinkTarget is null)
                Allow(entry, LandlockCalls.ReadFile, gone: true);
        }
    }

    private unsafe void Allow(string path, ulong access, bool gone = false)
    {
        if (++_rules > MostRules)
            throw new IOException($"more than {MostRules} entries stand beside the fenced directories");
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        int file;
        fixed (byte* bytes = name)
            file = LibC.Open(bytes, LibC.OPath | LibC.OCloExec | LibC.ONoFollow, 0);
        if (file < 0)
        {
            // What stood beside and is gone, or may not be seen, needs no rule.
            if (gone)
                return;
            throw new IOException($"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        bool allowed = LandlockCalls.Allow(_ruleset, file, access);
        int error = Marshal.GetLastPInvokeError();
        _ = LibC.Close(file);
        if (!allowed && !gone)
            throw new IOException($"no rule for {path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}
