using System.Text.RegularExpressions;
using Canary.Text;

namespace Canary.Packages.Elixir;

/// <summary>Elixir's <c>mix.lock</c>: a map of tuples, one a line.</summary>
public sealed partial class MixLockReader : IPackageFileReader
{
    public string Format => "mix.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "mix.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var bytes = file.Bytes.Span;
        bool lossy = false, isOpen = false, isClosed = false;
        for (int line = 1; !bytes.IsEmpty; line++)
        {
            int end = bytes.IndexOf((byte)'\n');
            string text = Utf8.Decode(end < 0 ? bytes : bytes[..end], ref lossy).Trim();
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (text.Length == 0 || text[0] == '#')
                continue;
            if (text is "%{" or "%{}" && !isOpen)
                (isOpen, isClosed) = (true, text == "%{}");
            else if (!isOpen)
                throw new UnreadableFileException(line, "does not begin with %{");
            else if (text == "}" && !isClosed)
                isClosed = true;
            else if (isClosed || Entry().Match(text) is not { Success: true } entry)
                into.Unread(file.Path, line, "mix.lock: not an entry of a package");
            else
                into.Add(Described(file, line, entry, text));
        }

        if (!isClosed)
            into.Unread(file.Path, 0, isOpen ? "mix.lock: the map does not end" : "mix.lock: the file is empty");
    }

    private static PackageEntry Described(SourceFile file, int line, Match entry, string text)
    {
        string app = entry.Groups["app"].Value, second = entry.Groups["second"].Value.Trim(':', '"'), third = entry.Groups["third"].Value;
        if (entry.Groups["kind"].Value == "git")
            return new PackageEntry(Ecosystem.Hex, app, null, file.Path, line) { Origin = PackageOrigin.Git, Resolved = $"{second}#{third}", Integrity = third };
        // Last stands the checksum of the whole archive; locks of before 2019 have only the inner one, behind the version.
        string outer = Outer().Match(text) is { Success: true } last ? last.Groups[1].Value : entry.Groups["sum"].Value;
        return new PackageEntry(Ecosystem.Hex, second, third, file.Path, line)
        {
            Alias = second == app ? null : app,
            Integrity = outer.Length > 0 ? outer : null,
        };
    }

    [GeneratedRegex("""^"(?<app>[^"]+)":\s*\{:(?<kind>hex|git),\s*(?<second>:\w+|:?"[^"]+"),\s*"(?<third>[^"]+)"(?:,\s*"(?<sum>[0-9a-f]+)")?.*\},?$""")]
    private static partial Regex Entry();

    [GeneratedRegex(""" "([0-9a-f]{64})"\},?$""")]
    private static partial Regex Outer();
}
