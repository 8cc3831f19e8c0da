namespace Canary.Models.Containers;

/// <summary>
/// A zip as every loader might read it. Python goes by the central directory, streams go by the local headers, PyTorch's reader ignores
/// checksums and the bits that say «encrypted»; where two of them would see different members, that is said. Nothing is trusted to be
/// unreadable: what a lenient reader gets is what is inspected.
/// </summary>
public sealed class RelaxedZip
{
    private const int Encrypted = 0x0001, Patched = 0x0020, StronglyEncrypted = 0x0040, MaskedHeader = 0x2000;

    private const int MostHidden = 1000;

    private readonly ModelBytes _bytes;
    private readonly ModelFacts _facts;
    private readonly ModelInspection _inspection;
    private readonly ZipFaults _faults;
    private readonly List<ZipMember> _members = [];

    private RelaxedZip(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        _bytes = bytes;
        _facts = facts;
        _inspection = inspection;
        _faults = new ZipFaults(facts, inspection);
    }

    /// <summary>Those of the central directory in its order, then those that only local headers name.</summary>
    public IReadOnlyList<ZipMember> Members => _members;

    /// <summary>Whether some reader of zip files would take these bytes for one: by the first bytes, or by the end.</summary>
    public static bool Claims(ModelBytes bytes) =>
        bytes.Head.StartsWith("PK\x03\x04"u8) || bytes.Head.StartsWith("PK\x05\x06"u8) || ZipEnd.IsThere(bytes);

    /// <summary>Reads the headers, and reports every fault of the archive under codes that begin with <c>zip-</c>.</summary>
    public static RelaxedZip Read(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var zip = new RelaxedZip(bytes, facts, inspection);
        zip.ReadMembers();
        return zip;
    }

    /// <summary>The bytes of a member: a part of the file where it is stored, unpacked in memory where it is deflated.</summary>
    /// <returns>Null where it cannot be had; why is reported.</returns>
    public ModelBytes? Open(ZipMember member)
    {
        if (member.BodyAt < 0 || member.Overlaps)
            return null;
        var body = _bytes.Slice(member.Name, member.BodyAt, member.Packed);
        if (member.Method == ZipMember.Stored)
            return body;
        if (member.Method != ZipMember.Deflated)
        {
            _faults.Unknown("zip-method", member.Name, $"the member is packed by method {member.Method}, which is not unpacked here");
            return null;
        }

        if (member.Size / Unpacking.MostDeflateRatio > member.Packed + 1)
            _faults.Deny("zip-bomb", member.Name, "the member says that it is larger than its packed bytes can become");
        var end = Unpacking.Inflate(body, Unpacking.MostMemberBytes, _inspection, out var bytes);
        if (end == Unpacking.End.TooLarge)
            _faults.Unknown("zip-member-too-large", member.Name, $"only the first {bytes.Length} bytes of the member were unpacked and read");
        else if (end == Unpacking.End.Damaged)
            _faults.Deny("zip-broken", member.Name, $"the packed bytes are damaged after {bytes.Length} bytes");
        else if (bytes.Length != member.Size)
            _faults.Deny("zip-sizes-differ", member.Name, $"the member says that it has {member.Size} bytes, and has {bytes.Length}");
        return new HeldBytes(member.Name, bytes);
    }

    private void ReadMembers()
    {
        if (ZipEnd.Find(_bytes, _faults) is not { } end)
        {
            _faults.Deny("zip-no-directory", 0, "the archive has no central directory, or only a part of it is here");
            ReadHidden(0, _bytes.Length, listed: false);
            CheckNames();
            return;
        }

        foreach (var entry in ZipDirectory.Read(_bytes, end, _faults, _inspection.Cancel))
        {
            _inspection.Cancel.ThrowIfCancellationRequested();
            _members.Add(Compared(entry, end.DirectoryAt));
        }

        CheckLayout(end);
        CheckNames();
    }

    private ZipMember Compared(ZipEntry entry, long limit)
    {
        var member = new ZipMember(entry.Name, entry.Method, entry.Flags, entry.Packed, entry.Size, entry.HeaderAt, -1, Listed: true)
        {
            EndAt = entry.HeaderAt,
        };
        if ((entry.Flags & (Encrypted | Patched | StronglyEncrypted | MaskedHeader)) != 0)
            _faults.Deny("zip-encrypted", entry.Name,
                "the member says that it is encrypted or patched; loaders that ignore this read it, and scanners that do not skip it");
        if (ZipLocal.Read(_bytes, entry.HeaderAt) is not { } local)
        {
            _faults.Deny("zip-no-local-header", entry.Name, "the member has no local header where the central directory says");
            return member;
        }

        if (!local.NameBytes.AsSpan().SequenceEqual(entry.NameBytes))
            _faults.Deny("zip-names-differ", entry.Name, $"its local header calls the member {MemberNames.Decode(local.NameBytes)}");
        if (local.Method != entry.Method)
            _faults.Deny("zip-methods-differ", entry.Name, $"the member is packed by method {entry.Method}, and by {local.Method} in its local header");
        if (local.Flags != entry.Flags)
            _faults.Deny("zip-flags-differ", entry.Name, "the flags of the member differ in its local header");
        long end = local.BodyAt + entry.Packed;
        if (local.SizesFollow)
        {
            int descriptor = ZipLocal.DescriptorBytes(_bytes, end, entry.Packed, entry.Size);
            if (descriptor == 0 && (entry.Packed | entry.Size) != 0)
                _faults.Deny("zip-sizes-differ", entry.Name, "what follows the member does not repeat its sizes");
            end += descriptor;
        }
        else if (local.Packed != entry.Packed || local.Size != entry.Size)
        {
            _faults.Deny("zip-sizes-differ", entry.Name, $"the member has {entry.Size} bytes, and {local.Size} in its local header");
        }
        else if ((local.Flags & ZipLocal.HasDescriptor) != 0)
        {
            end += ZipLocal.DescriptorBytes(_bytes, end, entry.Packed, entry.Size);
        }

        if (entry.Method == ZipMember.Stored && entry.Packed != entry.Size)
            _faults.Deny("zip-sizes-differ", entry.Name, "the member is stored, and its two sizes differ");
        if (end > limit)
            _faults.Deny("zip-overlap", entry.Name, "the member reaches into the central directory or past the end of the file");
        return member with { BodyAt = local.BodyAt, EndAt = Math.Min(end, _bytes.Length) };
    }

    private void CheckLayout(ZipEnd end)
    {
        int[] order = [.. Enumerable.Range(0, _members.Count).Where(i => _members[i].BodyAt >= 0).OrderBy(i => _members[i].HeaderAt)];
        // What stands before the archive has been said; it is not looked through for members.
        long at = end.Shift;
        foreach (int i in order)
        {
            var member = _members[i];
            if (member.HeaderAt < at)
            {
                _faults.Deny("zip-overlap", member.Name, "the member begins within another");
                _members[i] = member with { Overlaps = true };
            }
            else if (member.HeaderAt > at)
            {
                ReadHidden(at, member.HeaderAt, listed: true);
            }

            at = Math.Max(at, member.EndAt);
        }

        if (at < end.DirectoryAt)
            ReadHidden(at, end.DirectoryAt, listed: true);
    }

    /// <summary>Bytes that no entry of the central directory has: members that streams see, or nothing that belongs here.</summary>
    private void ReadHidden(long at, long limit, bool listed)
    {
        for (int count = 0; at < limit; count++)
        {
            _inspection.Cancel.ThrowIfCancellationRequested();
            if (count == MostHidden || ZipLocal.Read(_bytes, at) is not { } local)
            {
                _faults.Unknown("zip-gap", at, $"{limit - at} bytes lie between the members");
                return;
            }

            long room = limit - local.BodyAt;
            long packed = local.SizesFollow ? room : Math.Min(local.Packed, room);
            if (packed < 0)
                return;
            string name = MemberNames.Decode(local.NameBytes);
            if (listed)
                _faults.Deny("zip-hidden-member", name, "the central directory does not list the member");
            _members.Add(new ZipMember(name, local.Method, local.Flags, packed, local.SizesFollow ? packed : local.Size, at, local.BodyAt,
                Listed: false));
            at = local.BodyAt + packed;
        }
    }

    private void CheckNames()
    {
        // PyTorch looks names up without regard to case.
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in _members)
        {
            if (MemberNames.Escapes(member.Name))
                _faults.Deny("zip-path", member.Name, "the name leaves the folder into which the archive is unpacked, or is cut short by some readers");
            if (!seen.Add(member.Name))
                _faults.Deny("zip-duplicate-name", member.Name, "the archive has the member twice: one reader takes the first and another the last");
        }
    }
}
