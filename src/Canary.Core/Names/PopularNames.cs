using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Canary.Names;

/// <summary>
/// The popular names of one ecosystem: which there are, and by which forms the most popular of them are found. A table of fixed form, made of a
/// list and carried in the program. For several threads.
/// </summary>
public sealed class PopularNames
{
    // After the head, in little-endian: 64-bit hashes of all names, in order; 32-bit hashes of forms, in order; where each target's name begins;
    // 16-bit targets of the forms; the targets' names.
    private const uint Magic = 0x314E5043;
    private const int HeadBytes = 16;
    private const int BucketBits = 12;

    private readonly byte[] _bytes;
    private readonly int _known;
    private readonly int _forms;
    private readonly int _targets;
    private readonly int[] _buckets = new int[(1 << BucketBits) + 1];

    private PopularNames(string ecosystem, byte[] bytes)
    {
        Ecosystem = ecosystem;
        _bytes = bytes;
        if (bytes.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            throw new ArgumentException("not a table of popular names", nameof(bytes));
        _known = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        _forms = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        _targets = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12));
        int bucket = 0;
        var hashes = FormHashes;
        for (int i = 0; i < hashes.Length; i++)
        {
            for (int of = (int)(hashes[i] >> (32 - BucketBits)); bucket <= of; bucket++)
                _buckets[bucket] = i;
        }

        _buckets.AsSpan(bucket).Fill(hashes.Length);
    }

    public string Ecosystem { get; }

    /// <summary>How many names are known to be popular.</summary>
    public int Count => _known;

    /// <summary>How many of them, the most popular, others are compared with.</summary>
    public int Targets => _targets;

    private ReadOnlySpan<ulong> Known => MemoryMarshal.Cast<byte, ulong>(_bytes.AsSpan(HeadBytes, _known * sizeof(ulong)));

    private ReadOnlySpan<uint> FormHashes => MemoryMarshal.Cast<byte, uint>(_bytes.AsSpan(HeadBytes + _known * sizeof(ulong), _forms * sizeof(uint)));

    private int StartsAt => HeadBytes + _known * sizeof(ulong) + _forms * sizeof(uint);

    private ReadOnlySpan<uint> Starts => MemoryMarshal.Cast<byte, uint>(_bytes.AsSpan(StartsAt, (_targets + 1) * sizeof(uint)));

    private int TargetsAt => StartsAt + (_targets + 1) * sizeof(uint);

    private ReadOnlySpan<ushort> FormTargets => MemoryMarshal.Cast<byte, ushort>(_bytes.AsSpan(TargetsAt, _forms * sizeof(ushort)));

    /// <summary>The file of the program's own list for an ecosystem, without extension; null where there is no list.</summary>
    public static string? ListOf(string ecosystem) => ecosystem switch
    {
        Packages.Ecosystem.Npm => "npm",
        Packages.Ecosystem.PyPI => "pypi",
        Packages.Ecosystem.NuGet => "nuget",
        Packages.Ecosystem.Crates => "crates",
        _ => null,
    };

    /// <summary>The program's own table; null for an ecosystem without a list.</summary>
    public static PopularNames? BuiltIn(string ecosystem)
    {
        if (ListOf(ecosystem) is not { } list)
            return null;
        using var resource = typeof(PopularNames).Assembly.GetManifestResourceStream($"names/{list}.names")!;
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return new PopularNames(ecosystem, bytes);
    }

    /// <summary>Makes a table.</summary>
    /// <param name="names">The most popular first, each once.</param>
    /// <param name="targets">With how many of them, from the first, others are compared.</param>
    public static PopularNames Of(string ecosystem, IReadOnlyList<string> names, int targets) => new(ecosystem, Table(ecosystem, names, targets));

    /// <summary>The bytes of a table, the same for the same names.</summary>
    public static byte[] Table(string ecosystem, IReadOnlyList<string> names, int targets)
    {
        targets = Math.Min(Math.Min(targets, names.Count), ushort.MaxValue);
        Span<char> normal = stackalloc char[NameForms.MostLength];
        Span<uint> found = stackalloc uint[NameForms.MostForms];
        var known = new SortedSet<ulong>();
        var forms = new SortedSet<(uint Hash, ushort Target)>();
        using var texts = new MemoryStream();
        var starts = new List<uint>();
        for (int i = 0; i < names.Count; i++)
        {
            var name = normal[..NameForms.Normal(ecosystem, names[i], normal)];
            known.Add(NameForms.Whole(name));
            if (i >= targets)
                continue;
            starts.Add((uint)texts.Length);
            texts.Write(Encoding.UTF8.GetBytes(names[i]));
            foreach (uint hash in found[..NameForms.Of(name, found)])
                forms.Add((hash, (ushort)i));
        }

        starts.Add((uint)texts.Length);
        using var table = new MemoryStream();
        using var writer = new BinaryWriter(table);
        writer.Write(Magic);
        writer.Write(known.Count);
        writer.Write(forms.Count);
        writer.Write(targets);
        foreach (ulong hash in known)
            writer.Write(hash);
        foreach (var (hash, _) in forms)
            writer.Write(hash);
        foreach (uint start in starts)
            writer.Write(start);
        foreach (var (_, target) in forms)
            writer.Write(target);
        writer.Write(texts.ToArray());
        return table.ToArray();
    }

    /// <summary>Whether a name, in its normal form, is popular itself.</summary>
    internal bool Contains(ReadOnlySpan<char> normal) => Known.BinarySearch(NameForms.Whole(normal)) >= 0;

    /// <summary>The name of a target as its registry writes it.</summary>
    internal string Target(int target)
    {
        var starts = Starts;
        int texts = TargetsAt + _forms * sizeof(ushort);
        return Encoding.UTF8.GetString(_bytes.AsSpan(texts + (int)starts[target], (int)(starts[target + 1] - starts[target])));
    }

    /// <summary>Adds the targets that share one of the forms, each once. Hashes are only a hint: the names must be compared.</summary>
    internal void Find(ReadOnlySpan<uint> forms, ref List<int>? into)
    {
        var hashes = FormHashes;
        foreach (uint form in forms)
        {
            int bucket = (int)(form >> (32 - BucketBits)), end = _buckets[bucket + 1];
            int first = hashes[_buckets[bucket]..end].IndexOf(form);
            if (first < 0)
                continue;
            for (int at = _buckets[bucket] + first; at < end && hashes[at] == form; at++)
            {
                int target = FormTargets[at];
                into ??= [];
                if (!into.Contains(target))
                    into.Add(target);
            }
        }
    }
}
