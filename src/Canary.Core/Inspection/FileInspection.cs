using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Canary.Advisories;
using Canary.Findings;
using Canary.Packages;
using Canary.Rules;
using Microsoft.Win32.SafeHandles;

namespace Canary.Inspection;

/// <summary>
/// Reads the files of package folders, and those of the project that run by themselves: each is matched with the rules of the category
/// <c>package_file</c> and its digest with those of known payloads. Packages are shared out among the processors; nothing is run.
/// </summary>
/// <param name="rules">Asked for where there is a file to search.</param>
/// <param name="known">As <paramref name="rules"/>.</param>
public sealed class FileInspection(string root, Func<RuleBook> rules, Func<KnownBad?> known, TimeProvider time, bool whole = false)
{
    public FileInspection(string root, RuleBook book, KnownBad? known, TimeProvider time, bool whole = false)
        : this(root, () => book, () => known, time, whole)
    {
    }

    /// <summary>What is searched of a file; the largest payload known has 12 MB.</summary>
    public const int MostSearched = 16 * 1024 * 1024;

    private const long MostHashed = 1L << 30;
    private const int MostWorkers = 8;

    // Maps of what was compiled: never run, and often larger than all else.
    private static readonly string[] NotSearched = [".map"];

    private readonly string _root = Path.GetFullPath(root);
    private readonly PackageFolders _folders = new(Path.GetFullPath(root), whole);
    private readonly Dictionary<PackageFolder, List<string>> _files = new(ReferenceEqualityComparer.Instance);

    /// <summary>Called for every file of the walk. True for one that will be read.</summary>
    public bool Meet(string name, string directory)
    {
        var folder = _folders.Of(directory, name);
        if (!folder.IsPackage && !ProjectFiles.Takes(name))
            return false;
        if (!_files.TryGetValue(folder, out var files))
            _files[folder] = files = [];
        files.Add(directory.Length == 0 ? name : directory + "/" + name);
        return true;
    }

    public Inspected Run(CancellationToken cancel = default)
    {
        if (_files.Count == 0)
            return new Inspected([], [], [], [], 0, 0);
        var (book, payloads) = (rules(), known());
        var results = new ConcurrentBag<Worker>();
        var order = _files.OrderByDescending(f => f.Value.Count).ToArray();
        var options = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Math.Min(MostWorkers, Environment.ProcessorCount) };
        Parallel.ForEach(
            Partitioner.Create(order, EnumerablePartitionerOptions.NoBuffering), options,
            () => new Worker(_root, book, payloads, time),
            (package, _, worker) =>
            {
                worker.Inspect(package.Key, package.Value, cancel);
                return worker;
            },
            results.Add);
        var all = results.ToArray();
        return new Inspected(
            [.. all.SelectMany(w => w.Findings)], [.. all.SelectMany(w => w.Payloads)], [.. all.SelectMany(w => w.Unread)],
            [.. all.SelectMany(w => w.Partial)], all.Sum(w => w.Files), all.Sum(w => w.Bytes));
    }

    private sealed class Worker(string root, RuleBook book, KnownBad? known, TimeProvider time)
    {
        private readonly RuleEngine _engine = new(book, time);

        public List<Finding> Findings { get; } = [];

        public List<PayloadHit> Payloads { get; } = [];

        public List<(string, string)> Unread { get; } = [];

        public List<string> Partial { get; } = [];

        public int Files { get; private set; }

        public long Bytes { get; private set; }

        public void Inspect(PackageFolder folder, List<string> paths, CancellationToken cancel)
        {
            var phases = PackagePhases.Of(folder, [.. paths.Select(folder.Within)], within => Read(folder.Root.Length == 0 ? within : folder.Root + "/" + within));
            foreach (string path in paths)
            {
                cancel.ThrowIfCancellationRequested();
                Inspect(folder, path, phases);
            }
        }

        private void Inspect(PackageFolder folder, string path, PackagePhases phases)
        {
            byte[] buffer = [];
            try
            {
                using var handle = Open(path);
                if (handle is null)
                    return;
                long size = RandomAccess.GetLength(handle);
                buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, MostSearched));
                int read = SourceFile.Fill(buffer.AsSpan(0, (int)Math.Min(size, MostSearched)), handle, 0);
                var bytes = buffer.AsSpan(0, read);
                Files++;
                Bytes += size;
                Recognise(folder, path, Digest(handle, bytes, size));
                if (NotSearched.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
                    return;
                var facts = Facts(path, handle, bytes, size);
                if (size > MostSearched && facts.Text is not null)
                    Partial.Add(path);
                string within = folder.Within(path);
                string[] scripts = within.EndsWith("package.json", StringComparison.Ordinal) ? phases.Scripts : [];
                _engine.Evaluate(new PackageFile(folder, phases.Version, path, facts, phases[within], scripts, time.GetUtcNow()), Findings);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Unread.Add((path, e.Message));
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                // One file must not be able to end the scan of all the others.
                Unread.Add((path, $"{PackageScan.Defect} ({e.GetType().Name})"));
            }
            finally
            {
                if (buffer.Length > 0)
                    ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        private static FileFacts Facts(string path, SafeFileHandle handle, ReadOnlySpan<byte> bytes, long size)
        {
            var facts = FileFacts.Of(bytes, size);
            bool isAssembly = facts.Type == FileType.Pe && path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
            if (!isAssembly && !(facts.Type == FileType.Zip && path.EndsWith(".nupkg", StringComparison.OrdinalIgnoreCase)))
                return facts;
            using var file = new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read);
            return isAssembly ? AssemblyFacts.Of(facts, file) : facts with { Signature = NuGetSignature.Of(file) };
        }

        private void Recognise(PackageFolder folder, string path, byte[]? digest)
        {
            if (digest is not null && known?.FindPayload(digest) is { } payload)
                Payloads.Add(new PayloadHit(folder, path, Convert.ToHexStringLower(digest), payload));
        }

        private static byte[]? Digest(SafeFileHandle handle, ReadOnlySpan<byte> head, long size)
        {
            if (head.Length == size)
                return SHA256.HashData(head);
            if (size > MostHashed)
                return null;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(head);
            byte[] more = ArrayPool<byte>.Shared.Rent(1 << 20);
            try
            {
                for (long at = head.Length; RandomAccess.Read(handle, more, at) is > 0 and int read; at += read)
                    hash.AppendData(more, 0, read);
                return hash.GetHashAndReset();
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(more);
            }
        }

        private ReadOnlyMemory<byte>? Read(string path)
        {
            try
            {
                using var handle = Open(path);
                if (handle is null || RandomAccess.GetLength(handle) is > MostSearched and var _)
                    return null;
                byte[] bytes = new byte[RandomAccess.GetLength(handle)];
                return bytes.AsMemory(0, SourceFile.Fill(bytes, handle, 0));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        // A pipe has no length, and opening it would wait for its writer for ever.
        private SafeFileHandle? Open(string path)
        {
            string full = Path.Combine(root, path);
            return new FileInfo(full).Length == 0 ? null : File.OpenHandle(full);
        }
    }
}
