using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Ebpf;

/// <summary>
/// The reading end of a BPF ring buffer. libbpf's own maps the data twice, end to end, so that no record is torn; every page so mapped
/// counts as resident memory. Here it is mapped once and the rare record that runs over the end is copied.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class KernelRing : IDisposable
{
    private const uint Busy = 1u << 31, Discarded = 1u << 30;
    private const int Header = 8;
    private const int ReadOnly = 1, ReadWrite = 3, Shared = 1;

    private readonly nuint _size;
    private readonly nuint _page = (nuint)Environment.SystemPageSize;
    private ulong* _consumer;
    private ulong* _producer;
    private byte* _bytes;
    private byte[] _torn = [];

    public KernelRing(int map, int size)
    {
        _size = (nuint)size;
        _consumer = (ulong*)Map(_page, ReadWrite, map, 0);
        _producer = (ulong*)Map(_page + _size, ReadOnly, map, (nint)_page);
        _bytes = (byte*)_producer + _page;
    }

    /// <summary>Where the kernel will write next. What lies before was reserved before this call, though some may still be being written.</summary>
    public ulong Written => Volatile.Read(ref *_producer);

    public ulong Read => *_consumer;

    /// <summary>The next whole record before <paramref name="limit"/>, valid until <see cref="Advance"/>. False at the limit or at one still being written.</summary>
    public bool TryPeek(ulong limit, out ReadOnlySpan<byte> record)
    {
        record = default;
        ulong position = *_consumer;
        while (position < limit)
        {
            nuint offset = (nuint)(position & (_size - 1));
            uint length = Volatile.Read(ref *(uint*)(_bytes + offset));
            if ((length & Busy) != 0)
                return false;
            uint size = length & ~Discarded;
            if ((length & Discarded) != 0)
            {
                position += Step(size);
                Volatile.Write(ref *_consumer, position);
                continue;
            }

            record = Slice((offset + Header) & (_size - 1), (int)size);
            return true;
        }

        return false;
    }

    /// <summary>Gives the room of the record just peeked at back to the kernel.</summary>
    public void Advance(int length) => Volatile.Write(ref *_consumer, *_consumer + Step((uint)length));

    public void Dispose()
    {
        if (_consumer != null)
            _ = Unmap(_consumer, _page);
        if (_producer != null)
            _ = Unmap(_producer, _page + _size);
        _consumer = _producer = null;
        _bytes = null;
    }

    private static ulong Step(uint size) => (size + Header + 7u) & ~7ul;

    private ReadOnlySpan<byte> Slice(nuint offset, int length)
    {
        int whole = (int)Math.Min(_size - offset, (nuint)length);
        if (whole == length)
            return new ReadOnlySpan<byte>(_bytes + offset, length);
        if (_torn.Length < length)
            _torn = new byte[length];
        new ReadOnlySpan<byte>(_bytes + offset, whole).CopyTo(_torn);
        new ReadOnlySpan<byte>(_bytes, length - whole).CopyTo(_torn.AsSpan(whole));
        return _torn.AsSpan(0, length);
    }

    private static void* Map(nuint length, int protection, int fd, nint offset)
    {
        void* at = MemoryMap(null, length, protection, Shared, fd, offset);
        return at != (void*)-1 ? at : throw BpfRefused.Now("the ring buffer cannot be mapped");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MemoryMap(void* at, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* at, nuint length);
}
