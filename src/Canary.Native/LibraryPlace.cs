using System.Globalization;

namespace Canary.Native;

/// <summary>Where this library lies.</summary>
internal static class LibraryPlace
{
    private const string BaseDirectory = "APP_CONTEXT_BASE_DIRECTORY";

    /// <summary>
    /// Makes its directory the base directory, which is else the one of the loader's own program: hashing for AVX2 and AVX-512 is looked for there.
    /// Without an answer hashing is slower, and no more.
    /// </summary>
    /// <param name="code">An address of a function of this library.</param>
    public static void Tell(nint code)
    {
        if (AppContext.GetData(BaseDirectory) is null && OperatingSystem.IsLinux() && Of(code) is { } directory)
            AppContext.SetData(BaseDirectory, directory + "/");
    }

    private static string? Of(nint code)
    {
        try
        {
            // 7f0c1a200000-7f0c1a58d000 r-xp 00110000 08:01 1234    /usr/lib/libcanary_verify.so
            foreach (string line in File.ReadLines("/proc/self/maps"))
            {
                int dash = line.IndexOf('-'), space = line.IndexOf(' '), path = line.IndexOf('/');
                if (dash > 0 && space > dash && path > space && Address(line.AsSpan(0, dash)) <= code && code < Address(line.AsSpan((dash + 1)..space)))
                    return Path.GetDirectoryName(line[path..]);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc here.
        }

        return null;
    }

    private static nint Address(ReadOnlySpan<char> hexadecimal) => nint.TryParse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out nint address) ? address : 0;
}
