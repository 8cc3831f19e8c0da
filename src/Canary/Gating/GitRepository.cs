using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Canary.Text;

namespace Canary.Gating;

/// <summary>A repository, read object by object; nothing of it is run or written. Not for several threads.</summary>
internal sealed class GitRepository
{
    private const int MostEntries = 2_000_000;
    private const int MostReference = 500;
    private const int MostPath = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly GitCommand _git;
    private readonly CancellationToken _cancel;

    private GitRepository(string top, GitCommand git, CancellationToken cancel) => (Top, _git, _cancel) = (top, git, cancel);

    /// <summary>The directory that has the <c>.git</c>.</summary>
    public string Top { get; }

    /// <summary>The repository that a path lies in. Throws <see cref="GateException"/> where there is none, or no git.</summary>
    /// <param name="empty">A directory of our own.</param>
    public static GitRepository Of(string path, string empty, CancellationToken cancel)
    {
        for (string? at = Path.GetFullPath(path); at is not null; at = Path.GetDirectoryName(at))
        {
            string directory = Path.Combine(at, ".git");
            if (!Path.Exists(directory))
                continue;
            string git = GitCommand.Find(at) ?? throw new GateException("--base needs git, and there is none on PATH; install it, or compare with --baseline FILE");
            return new GitRepository(at, new GitCommand(git, directory, empty), cancel);
        }

        throw new GateException($"--base: {path} is in no git repository; compare with --baseline FILE");
    }

    /// <summary>The commit that a reference means.</summary>
    public string Commit(string reference)
    {
        if (reference.Length is 0 or > MostReference || reference.Any(char.IsControl))
            throw new GateException("--base: that is no reference of git; write a branch, a tag or a commit");
        using var process = Start("rev-parse", "--verify", "--quiet", "--end-of-options", reference + "^{commit}");
        string output = process.StandardOutput.ReadToEnd();
        // Some versions of git print the option, too.
        string commit = output.TrimEnd('\n').Split('\n')[^1];
        return End(process) == 0 && IsObject(commit) ? commit : throw new GateException(IsShallow
            ? $"--base: this clone has no commit '{reference}': it is shallow. Fetch the history (GitHub: actions/checkout with fetch-depth: 0; GitLab: GIT_DEPTH: 0; Azure: fetchDepth: 0)"
            : $"--base: no commit '{reference}' in {Top}; write a branch, a tag or a commit that was fetched, as in origin/main (GitHub: fetch-depth: 0)");
    }

    /// <summary>The files of a commit: no links, no submodules.</summary>
    public IEnumerable<GitFile> Files(string commit)
    {
        using var process = Start("ls-tree", "-r", "-z", "-l", "--full-tree", commit);
        int entries = 0;
        foreach (byte[] line in Zeroed(process.StandardOutput.BaseStream))
        {
            if (++entries > MostEntries)
            {
                process.Kill();
                throw new GateException(string.Create(CultureInfo.InvariantCulture, $"--base: more than {MostEntries:N0} files"));
            }

            if (Parsed(line) is { } file)
                yield return file;
        }

        if (End(process) != 0)
            throw Unreadable();
    }

    /// <summary>The contents of files, in their order; null for one that is not to be had.</summary>
    public IEnumerable<(GitFile File, byte[]? Bytes)> Contents(IEnumerable<GitFile> files)
    {
        using var process = Start("cat-file", "--batch");
        var (to, from) = (process.StandardInput.BaseStream, new BufferedStream(process.StandardOutput.BaseStream, 64 * 1024));
        foreach (var file in files)
        {
            yield return (file, Content(to, from, file));
        }

        to.Close();
        _ = End(process);
    }

    private byte[]? Content(Stream to, Stream from, GitFile file)
    {
        _cancel.ThrowIfCancellationRequested();
        try
        {
            to.Write(Encoding.ASCII.GetBytes(file.Object + "\n"));
            to.Flush();
            string[] head = Line(from).Split(' ');
            if (head is [_, "missing"])
                return null;
            if (head is not [_, "blob", var size] || !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length != file.Size)
                throw Unreadable();
            byte[] bytes = new byte[length];
            from.ReadExactly(bytes);
            _ = from.ReadByte();
            return bytes;
        }
        catch (IOException)
        {
            throw Unreadable();
        }
    }

    private GateException Unreadable()
    {
        // A Ctrl-C reaches git as well, and may reach it first.
        _ = _cancel.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(300));
        _cancel.ThrowIfCancellationRequested();
        return new GateException("--base: git cannot read the objects of the base; is the clone whole?");
    }

    private bool IsShallow => File.Exists(Path.Combine(Top, ".git", "shallow"));

    private static bool IsObject(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private Process Start(params string[] arguments)
    {
        try
        {
            var process = _git.Start(arguments);
            // What git says of a hostile repository is hostile as well: it is drained, and not shown.
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            _cancel.Register(() => Kill(process));
            return process;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw new GateException("--base: git cannot be run: " + Printable.Line(e.Message, 300));
        }
    }

    private int End(Process process)
    {
        _cancel.ThrowIfCancellationRequested();
        if (process.WaitForExit(Patience))
            return process.ExitCode;
        Kill(process);
        return -1;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    // «100644 blob OBJECT      SIZE<tab>PATH»
    private static GitFile? Parsed(byte[] line)
    {
        int tab = Array.IndexOf(line, (byte)'\t');
        string[] head = tab < 0 ? [] : Encoding.ASCII.GetString(line, 0, tab).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // Of an object that is not there (a partial clone) git says «BAD» for a size.
        return head is ["100644" or "100755" or "100664", "blob", var name, var size] && IsObject(name)
            ? new GitFile(Encoding.UTF8.GetString(line, tab + 1, line.Length - tab - 1), name, long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : null) : null;
    }

    private static IEnumerable<byte[]> Zeroed(Stream from)
    {
        byte[] buffer = new byte[64 * 1024];
        var line = new List<byte>();
        int read;
        while ((read = from.Read(buffer)) > 0)
        {
            for (int at = 0; at < read;)
            {
                int end = Array.IndexOf(buffer, (byte)0, at, read - at);
                int length = (end < 0 ? read : end) - at;
                // A longer path is that of no file here; a head of it is no file either.
                if (line.Count + length <= MostPath * 2)
                    line.AddRange(buffer.AsSpan(at, length));
                at += length;
                if (end < 0)
                    continue;
                at++;
                yield return [.. line];
                line.Clear();
            }
        }
    }

    private static string Line(Stream from)
    {
        var line = new StringBuilder();
        int b;
        while ((b = from.ReadByte()) is >= 0 and not '\n' && line.Length < 1000)
            line.Append((char)b);
        return line.ToString();
    }
}

/// <param name="Path">From the top of the repository, with <c>/</c>; whatever the repository says, and not yet fit for a file system.</param>
/// <param name="Object">The blob's name.</param>
/// <param name="Size">Bytes; null for one that is not there.</param>
internal sealed record GitFile(string Path, string Object, long? Size);
