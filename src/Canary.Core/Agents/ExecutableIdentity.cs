using Canary.Events;

namespace Canary.Agents;

/// <summary>
/// Knows a copied or renamed interpreter or transfer tool for what it is: by the build id that every copy of this machine's own
/// program carries. Windows' OriginalFileName has no other counterpart on Linux.
/// </summary>
public sealed class ExecutableIdentity
{
    private const int MostRemembered = 2048;

    private static readonly string[] SystemDirectories = ["/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/lib64/", "/usr/libexec/", "/bin/", "/sbin/", "/lib/", "/snap/", "/nix/store/"];

    // What an intruder brings under another name: interpreters, shells, and what moves data.
    private static readonly string[] Programs =
    [
        "bash", "dash", "sh", "zsh", "ksh", "fish", "busybox", "python3", "python", "perl", "ruby", "node", "nodejs", "bun", "deno", "php", "lua", "gawk", "mawk",
        "curl", "wget", "nc", "nc.openbsd", "nc.traditional", "ncat", "socat", "openssl", "ssh", "scp", "rsync", "base64", "xxd", "gdb", "strace", "nsenter", "unshare",
        "chattr", "dd", "tar", "ftp", "telnet", "tclsh", "env", "sudo", "su", "at", "crontab", "insmod", "bpftool",
    ];

    private readonly Dictionary<string, string> _nameById;
    private readonly Dictionary<(string, FileId, long, long), string?> _known = [];

    private ExecutableIdentity(Dictionary<string, string> nameById) => _nameById = nameById;

    /// <summary>Reads the ids of the well-known programs in the given directories: once, at start.</summary>
    public static ExecutableIdentity OfPrograms(IEnumerable<string> directories)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string directory in directories)
        {
            foreach (string program in Programs)
            {
                string path = Path.Combine(directory, program);
                if (File.Exists(path) && BuildId.Read(path) is { } id)
                    names.TryAdd(id, Path.GetFileName(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path));
            }
        }

        return new ExecutableIdentity(names);
    }

    /// <summary>The program's own name when the image is a copy of a well-known one outside the system's directories under another name; else null.</summary>
    public string? OriginalName(int pid, string image, FileId file)
    {
        if (_nameById.Count == 0 || image.Length == 0 || IsOfTheSystem(image))
            return null;
        // Through /proc the very file is read that runs, whatever now stands at its path or in which mount namespace it lies.
        string path = $"/proc/{pid}/exe";
        var about = new FileInfo(image);
        var key = (image, file, about.Exists ? about.Length : 0, about.Exists ? about.LastWriteTimeUtc.Ticks : 0);
        if (_known.TryGetValue(key, out string? name))
            return name;
        if ((BuildId.Read(path) ?? BuildId.Read(image)) is { } id && _nameById.TryGetValue(id, out name)
            && Path.GetFileName(image.AsSpan()).SequenceEqual(name))
            name = null;
        if (_known.Count >= MostRemembered)
            _known.Clear();
        return _known[key] = name;
    }

    private static bool IsOfTheSystem(string image)
    {
        foreach (string directory in SystemDirectories)
        {
            if (image.StartsWith(directory, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
