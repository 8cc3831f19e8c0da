namespace Canary.Models.Containers;

/// <summary>A tar: ustar, pax and GNU long names. Members are parts of the file; only names are kept in memory.</summary>
public static class Tar
{
    public const int MostMembers = 200_000;

    private const int BlockBytes = TarHeader.Bytes, MostLongBytes = 1024 * 1024, MostMetaRecords = 16;

    /// <summary>The first header has the checksum that belongs to it, which no other file has by chance.</summary>
    public static bool Claims(ModelBytes bytes) => TarHeader.Read(bytes.Head) is { } first && first.Name.Length > 0;

    /// <summary>The regular files of a tar, in its order. Faults are reported under codes that begin with <c>tar-</c>.</summary>
    public static IReadOnlyList<ModelBytes> Read(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var members = new List<ModelBytes>();
        var faults = new ZipFaults(facts, inspection);
        var names = new HashSet<string>(StringComparer.Ordinal);
        string? longName = null;
        long? paxSize = null;
        int metas = 0;
        for (long at = 0; ;)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            byte[] block = bytes.Read(at, BlockBytes);
            if (block.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                CheckRest(bytes, at, faults, inspection.Cancel);
                return members;
            }

            if (TarHeader.Read(block) is not { } header)
            {
                faults.Deny("tar-broken", at, "what stands here is no header");
                return members;
            }

            long size = !header.IsMeta && paxSize is { } told ? told : header.Size;
            long body = at + BlockBytes;
            if (size < 0 || size > bytes.Length - body)
            {
                faults.Deny("tar-broken", at, "the member is longer than the archive");
                size = Math.Max(0, bytes.Length - body);
            }

            long next = body + size + (-size & (BlockBytes - 1));
            if (header.IsMeta)
            {
                if (++metas > MostMetaRecords || size > MostLongBytes)
                    faults.Unknown("tar-long-record", at, "a record of names and sizes is too long to be read, or has too many before it");
                else if (header.Kind is 'L')
                    longName = MemberNames.Decode(bytes.Read(body, (int)size).AsSpan().TrimEnd((byte)0));
                else if (header.Kind is 'x')
                    TarPax.Read(bytes.Read(body, (int)size), ref longName, ref paxSize);
                else if (header.Kind is 'g')
                    CheckGlobal(bytes.Read(body, (int)size), at, faults);
                at = next;
                continue;
            }

            string name = longName ?? header.Name;
            if (paxSize is { } pax && header.Size != 0 && header.Size != pax)
                faults.Deny("tar-sizes-differ", name, "the header and the record before it give the member two sizes: readers find different members after it");
            Judge(header, name, names, faults);
            if (header.IsFile)
            {
                if (members.Count == MostMembers)
                {
                    faults.Unknown("tar-too-many-members", at, $"the archive has more than {MostMembers} members; those after them are not read");
                    return members;
                }

                members.Add(bytes.Slice(name, body, size));
            }

            (longName, paxSize, metas) = (null, null, 0);
            at = next;
        }
    }

    private static void Judge(TarHeader header, string name, HashSet<string> names, ZipFaults faults)
    {
        if (MemberNames.Escapes(name))
            faults.Deny("tar-path", name, "the name leaves the folder into which the archive is unpacked");
        if (header.IsLink && (MemberNames.Escapes(header.Target) || header.Target.Length == 0))
            faults.Deny("tar-link", name, $"the member is a link to {header.Target}, outside of the archive");
        else if (header.IsLink)
            faults.Unknown("tar-link", name, $"the member is a link to {header.Target}");
        else if (header.Kind is '3' or '4' or '6')
            faults.Deny("tar-device", name, "the member is a device or a pipe");
        else if (!header.IsFile && header.Kind != '5')
            faults.Unknown("tar-kind", name, $"the member is of kind {header.Kind}, which is not read");
        if (header.IsFile && !names.Add(name))
            faults.Deny("tar-duplicate-name", name, "the archive has the member twice");
    }

    private static void CheckGlobal(byte[] record, long at, ZipFaults faults)
    {
        string? path = null;
        long? size = null;
        TarPax.Read(record, ref path, ref size);
        if (path is not null || size is not null)
            faults.Deny("tar-sizes-differ", at, "a record for all members gives them one name or one size");
    }

    private static void CheckRest(ModelBytes bytes, long at, ZipFaults faults, CancellationToken cancel)
    {
        const int most = 1024 * 1024;
        for (long rest = at; rest < bytes.Length; rest += most)
        {
            cancel.ThrowIfCancellationRequested();
            byte[] part = bytes.Read(rest, most);
            int other = part.AsSpan().IndexOfAnyExcept((byte)0);
            if (other < 0 && part.Length > 0)
                continue;
            if (other >= 0)
                faults.Deny("tar-appended", rest + other, $"bytes follow the end of the archive");
            return;
        }
    }
}
