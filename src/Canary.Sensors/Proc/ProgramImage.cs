using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Canary.Sensors.Proc;

/// <summary>The program's own file, as it lies in memory.</summary>
public static unsafe partial class ProgramImage
{
    // elf(5), getauxval(3), madvise(2)
    private const nuint HeadersAt = 3, HeaderCount = 5;
    private const uint Load = 1, Headers = 6, ReadOnly = 4;
    private const int DontNeed = 4;

    // proc_pid_pagemap(5): here now, and a page of the file
    private const ulong Present = 1UL << 63, OfFile = 1UL << 61;

    private const int PagesAtOnce = 1024;

    /// <summary>
    /// Gives back the pages of its read-only data. The runtime of a program that was compiled ahead of time unpacks 4 MiB of them when it
    /// starts and never reads them again; what is wanted after all comes again from the page cache.
    /// </summary>
    public static void GiveBack()
    {
        if (!OperatingSystem.IsLinux() || RuntimeFeature.IsDynamicCodeSupported)
            return;
        try
        {
            var first = (ElfHeader*)AuxiliaryValue(HeadersAt);
            var headers = new ReadOnlySpan<ElfHeader>(first, first is null ? 0 : (int)AuxiliaryValue(HeaderCount));
            using var map = File.OpenHandle("/proc/self/pagemap");
            nuint @base = 0;
            foreach (var header in headers)
            {
                if (header.Type == Headers)
                    @base = (nuint)first - (nuint)header.Address;
                if (header.Type == Load && header.Flags == ReadOnly && @base != 0)
                    Forget(map, @base + (nuint)header.Address, (nuint)header.Size);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It costs memory and nothing else.
        }
    }

    /// <summary>
    /// Forgets what is still as it stands in the file. The runtime unlocks a page of its read-only data for a moment to write the number by
    /// which it knows an overrun stack, and that page must stay: with the file's number back, each function on its way would seem overrun.
    /// </summary>
    private static void Forget(SafeFileHandle map, nuint start, nuint size)
    {
        nuint page = (nuint)Environment.SystemPageSize, at = start / page, end = (start + size + page - 1) / page;
        Span<ulong> entries = stackalloc ulong[PagesAtOnce];
        while (at < end)
        {
            var wanted = MemoryMarshal.AsBytes(entries[..(int)Math.Min(PagesAtOnce, end - at)]);
            int read = RandomAccess.Read(map, wanted, (long)at * sizeof(ulong)) / sizeof(ulong);
            if (read == 0)
                return;
            for (int i = 0, run; i < read; i += Math.Max(run, 1))
            {
                run = Run(entries[i..read]);
                if (run > 0)
                    _ = MAdvise((at + (nuint)i) * page, (nuint)run * page, DontNeed);
            }

            at += (nuint)read;
        }
    }

    private static int Run(ReadOnlySpan<ulong> entries)
    {
        int run = 0;
        while (run < entries.Length && (entries[run] & (Present | OfFile)) is (Present | OfFile))
            run++;
        return run;
    }

    [LibraryImport("libc", EntryPoint = "getauxval")]
    private static partial nuint AuxiliaryValue(nuint type);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(nuint address, nuint length, int advice);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ElfHeader
    {
        public readonly uint Type, Flags;
        public readonly ulong Offset, Address, Physical, FileSize, Size, Alignment;
    }
}
