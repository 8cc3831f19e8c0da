using Canary.Models.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Canary.Models.Locking;

/// <summary>The verification of one file, by as many threads as there are.</summary>
internal sealed class FileCheck(LockedFile file, string path, VerifyOptions options)
{
    /// <summary>What one thread takes at a time: enough that taking costs nothing, few enough that the last ones end together.</summary>
    private const int ChunksAtOnce = 16;

    private readonly Lock _gate = new();
    private readonly ChunkBits _good = new(file.Chunks.Count);
    private readonly ChunkBits _bad = new(file.Chunks.Count);
    private SafeFileHandle? _handle;
    private FileKey? _key;
    private int _next;
    private int _running;
    private bool _begun;
    private volatile CheckedFile? _result;
    private long _read;

    public LockedFile File => file;

    /// <summary>Null until it is known.</summary>
    public CheckedFile? Result => _result;

    /// <summary>Bytes that need not be read any more.</summary>
    public long Done => _result is null ? Math.Min(file.Size, Volatile.Read(ref _read)) : file.Size;

    /// <summary>The key and the chunks that are good so far, for a later run; null where there is nothing to tell.</summary>
    public (FileKey Key, ChunkBits Good)? Progress =>
        _result is null or { State: FileState.Good, FromRecord: false } && _key is { } key && _good.Set > 0 ? (key, _good) : null;

    /// <summary>Does a part of the work; false when all of it is taken.</summary>
    public bool Work(ChunkReader reader, CancellationToken cancel)
    {
        int first;
        lock (_gate)
        {
            if (!_begun)
            {
                _begun = true;
                Begin();
            }

            if (_result is not null || _next >= file.Chunks.Count)
                return false;
            first = _next;
            _next += ChunksAtOnce;
            _running++;
        }

        string? fault = Check(first, Math.Min(first + ChunksAtOnce, file.Chunks.Count), reader, cancel);
        lock (_gate)
        {
            if (fault is not null)
                _result ??= new CheckedFile(file, path, FileState.Unreadable) { Reason = fault, Key = _key };
            if (--_running == 0 && (_result is not null || _next >= file.Chunks.Count))
                End(cancel.IsCancellationRequested);
        }

        return true;
    }

    /// <summary>The word for a file that nobody got to, or not to its end.</summary>
    public CheckedFile Stop()
    {
        lock (_gate)
        {
            _handle?.Dispose();
            return _result ?? new CheckedFile(file, path, FileState.Unfinished) { Key = _key };
        }
    }

    private void Begin()
    {
        try
        {
            _handle = options.Files.Open(path);
            long size = RandomAccess.GetLength(_handle);
            if (size != file.Size)
            {
                _result = new CheckedFile(file, path, size > file.Size ? FileState.Grown : FileState.Shrunk) { Size = size };
                _handle.Dispose();
                return;
            }

            options.Files.Sync(_handle);
            _key = options.Files.KeyOf(_handle);
            if (!options.Anew && _key is { } key && (options.Quick || key.Sealed) && options.Records?.Holds(key, file) == true)
            {
                _result = new CheckedFile(file, path, FileState.Good) { Key = key, FromRecord = true, Size = size };
                _handle.Dispose();
                return;
            }

            if (_key is not null)
                options.Progress?.Take(_key, file, _good);
            for (int i = 0; i < _good.Count; i++)
                _read += _good[i] ? file.Chunks.Place(i).Bytes : 0;
            if (file.Chunks.Count == 0)
                End(stopped: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _handle?.Dispose();
            bool missing = e is FileNotFoundException or DirectoryNotFoundException;
            _result = new CheckedFile(file, path, missing ? FileState.Missing : FileState.Unreadable) { Reason = missing ? null : e.Message };
        }
    }

    // What went wrong; null for nothing.
    private string? Check(int first, int end, ChunkReader reader, CancellationToken cancel)
    {
        try
        {
            for (int chunk = first; chunk < end && !cancel.IsCancellationRequested && _result is null; chunk++)
            {
                if (_good[chunk])
                    continue;
                // A file that ends early is of another size by now, which its key tells as well.
                (reader.Matches(_handle!, file.Chunks, chunk) ? _good : _bad).Mark(chunk);
                Interlocked.Add(ref _read, file.Chunks.Place(chunk).Bytes);
                options.AfterChunk?.Invoke();
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{e.Message} (in the {ChunkTable.ChunkBytes * (long)(end - first):N0} bytes from {file.Chunks.Place(first).Offset:N0})";
        }
    }

    private void End(bool stopped)
    {
        if (_result is null && !stopped)
            _result = Judge();
        if (_result is not null)
            _handle?.Dispose();
    }

    private CheckedFile Judge()
    {
        try
        {
            return Judged();
        }
        catch (IOException e)
        {
            return new CheckedFile(file, path, FileState.Unreadable) { Reason = e.Message, Key = _key };
        }
    }

    private CheckedFile Judged()
    {
        var after = options.Files.KeyOf(_handle!);
        long size = RandomAccess.GetLength(_handle!);
        if (after != _key || size != file.Size)
            return new CheckedFile(file, path, FileState.Unstable) { Size = size, Reason = "it was written or replaced while it was read" };
        if (_bad.Set > 0)
            return new CheckedFile(file, path, FileState.Corrupt) { Key = _key, Size = size, Bad = Ranges() };
        if (_good.Set != _good.Count)
            return new CheckedFile(file, path, FileState.Unfinished) { Key = _key, Size = size };
        if (_key is not null)
            options.Records?.Keep(_key, file);
        return new CheckedFile(file, path, FileState.Good) { Key = _key, Size = size };
    }

    private List<BadRange> Ranges()
    {
        var ranges = new List<BadRange>();
        for (int i = 0; i < _bad.Count; i++)
        {
            if (!_bad[i])
                continue;
            var (offset, bytes) = file.Chunks.Place(i);
            long length = bytes;
            while (i + 1 < _bad.Count && _bad[i + 1])
                length += file.Chunks.Place(++i).Bytes;
            ranges.Add(new BadRange(offset, length, [.. file.TensorsIn(offset, length)]));
        }

        return ranges;
    }
}
