using System.Text;

namespace Canary.Packages.Ruby;

/// <summary>Bundler's <c>Gemfile.lock</c> and <c>gems.locked</c>: sections by source, gems indented by four, what they need by six (https://bundler.io/man/bundle-lock.1.html).</summary>
public sealed class GemfileLockReader : IPackageFileReader
{
    private static readonly string[] Sources = ["GEM", "GIT", "PATH", "PLUGIN SOURCE"];
    private static readonly string[] Others = ["PLATFORMS", "RUBY VERSION", "BUNDLED WITH", "DEPENDENCIES", "CHECKSUMS"];

    private static readonly string[] Conflict = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

    public string Format => "Gemfile.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.EndsWith(".gemfile.lock") || name is "Gemfile.lock" or "gems.locked";

    public void Read(SourceFile file, Inventory into)
    {
        var gems = new List<(PackageEntry Entry, string Full)>();
        var direct = new HashSet<string>(StringComparer.Ordinal);
        var checksums = new Dictionary<string, string>(StringComparer.Ordinal);
        string? section = null;
        bool asked = false;
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string raw in Encoding.UTF8.GetString(file.Bytes.Span).TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            string line = raw.TrimEnd('\r', ' ');
            if (line.Length == 0)
                continue;
            if (Conflict.Any(c => line.StartsWith(c, StringComparison.Ordinal)))
            {
                into.Unread(file.Path, number, "a merge conflict");
                continue;
            }

            if (line[0] != ' ')
            {
                section = line;
                options.Clear();
                asked |= line == "DEPENDENCIES";
                if (!Sources.Contains(line) && !Others.Contains(line))
                    into.Unread(file.Path, number, "a section that is not known");
                continue;
            }

            int indent = line.Length - line.AsSpan().TrimStart(' ').Length;
            string text = line[indent..];
            if (Sources.Contains(section) && indent == 2)
                Option(text, options);
            else if (Sources.Contains(section) && indent == 4)
                Add(text);
            else if (section == "DEPENDENCIES" && indent == 2)
                direct.Add(text.Split(' ')[0].TrimEnd('!'));
            else if (section == "CHECKSUMS" && indent == 2 && text.LastIndexOf(") ", StringComparison.Ordinal) is > 0 and int end)
                checksums[text[..(end + 1)]] = text[(end + 2)..];
            else if (section is null || Sources.Contains(section) && indent != 6)
                into.Unread(file.Path, number, "not a line of a lockfile of Bundler");
        }

        if (section is null)
            throw new UnreadableFileException(1, "the file has no section");
        foreach (var (entry, full) in gems)
            into.Add(entry with { Direct = asked ? direct.Contains(entry.Name) : null, Integrity = checksums.GetValueOrDefault(full) });

        void Add(string text)
        {
            int open = text.IndexOf(" (", StringComparison.Ordinal);
            if (open <= 0 || !text.EndsWith(')'))
            {
                into.Unread(file.Path, number, "not a gem and a version");
                return;
            }

            // Behind the hyphen stands the platform; versions of gems have none.
            string version = text[(open + 2)..^1].Split('-')[0];
            var origin = section switch { "GIT" => PackageOrigin.Git, "PATH" => PackageOrigin.Local, "PLUGIN SOURCE" => PackageOrigin.Url, _ => PackageOrigin.Registry };
            string? remote = options.GetValueOrDefault("remote"), revision = options.GetValueOrDefault("revision");
            gems.Add((new PackageEntry(Ecosystem.RubyGems, text[..open], version, file.Path, number)
            {
                Origin = origin,
                Resolved = revision is null ? remote : $"{remote}#{revision}",
            }, text));
        }
    }

    private static void Option(string text, Dictionary<string, string> options)
    {
        int colon = text.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0)
            return;
        string name = text[..colon], value = text[(colon + 2)..];
        // A section may have several remotes: any of them may have served the gem.
        options[name] = name == "remote" && options.TryGetValue(name, out string? before) ? before + " " + value : value;
    }
}
