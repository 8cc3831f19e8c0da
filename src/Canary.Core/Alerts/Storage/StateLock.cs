using System.Globalization;

namespace Canary.Alerts.Storage;

/// <summary>Holds a state directory for one owner at a time. The kernel lets go of it when the owner dies, however it dies.</summary>
internal sealed class StateLock : IDisposable
{
    private const int Attempts = 6;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;
    private readonly string _words;

    private StateLock(FileStream file, string words)
    {
        _file = file;
        _words = words;
    }

    /// <param name="owner">What holds it, for whoever comes second: <c>canary watch</c>.</param>
    public static StateLock Take(string directory, string owner, DateTimeOffset now)
    {
        string path = Path.Combine(directory, "lock"), words = Path.Combine(directory, "owner");
        FileStream file;
        try
        {
            StateDirectory.CreatePrivate(path);
            file = Hold(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StateException($"no right to write in {directory}: run as its owner or choose another with --state", inner: e);
        }
        catch (IOException e) when (File.Exists(path) && IsHeld(path))
        {
            throw new StateException($"{directory} is in use by {Holder(words)}; stop that one, or choose another directory with --state", inUse: true, e);
        }
        catch (IOException e)
        {
            throw new StateException($"state directory {directory} cannot be used: {e.Message}; choose another with --state", inner: e);
        }

        try
        {
            StateDirectory.CreatePrivate(words);
            File.WriteAllText(words, string.Create(CultureInfo.InvariantCulture, $"{owner} (pid {Environment.ProcessId}, since {now.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock holds without the words; a full disk must not keep the owner from starting.
        }

        return new StateLock(file, words);
    }

    // Who asks whether it is held (doctor), and a process of ours between fork and exec, hold it for a moment as well.
    private static FileStream Hold(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (attempt < Attempts && IsHeld(path))
            {
                Thread.Sleep(BetweenAttempts);
            }
        }
    }

    /// <summary>Who owns the directory at this moment, in words; null when nobody does.</summary>
    public static string? OwnerOf(string directory)
    {
        string path = Path.Combine(directory, "lock");
        return File.Exists(path) && IsHeld(path) ? Holder(Path.Combine(directory, "owner")) : null;
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_words);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Words without a lock say nothing; the next owner writes its own.
        }

        _file.Dispose();
    }

    private static bool IsHeld(string path)
    {
        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Holder(string words)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(words, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            char[] text = new char[200];
            int read = reader.ReadBlock(text);
            return read > 0 ? Text.Printable.Line(new string(text, 0, read)) : "another canary";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another canary";
        }
    }
}
