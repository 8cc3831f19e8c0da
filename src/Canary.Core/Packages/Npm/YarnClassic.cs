using Canary.Text;

namespace Canary.Packages.Npm;

/// <summary>The lockfile of yarn 1: a header of descriptors, below it, indented, names and values (https://classic.yarnpkg.com/docs/yarn-lock).</summary>
internal sealed class YarnClassic(SourceFile file, Inventory into)
{
    private readonly ProjectDescriptors? _project = ProjectDescriptors.Beside(file);
    private List<string> _header = [];
    private int _line;
    private string? _version;
    private string? _resolved;
    private string? _integrity;

    public void Read()
    {
        var bytes = file.Bytes.Span;
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        bool lossy = false;
        for (int line = 1; !bytes.IsEmpty; line++)
        {
            int end = bytes.IndexOf((byte)'\n');
            string text = Utf8.Decode(end < 0 ? bytes : bytes[..end], ref lossy).TrimEnd();
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (text.Length > 0 && !text.TrimStart().StartsWith('#'))
                Line(text, line);
        }

        Add();
    }

    private void Line(string text, int line)
    {
        int indent = text.Length - text.AsSpan().TrimStart(' ').Length;
        if (indent == 0)
        {
            Add();
            _header = text.EndsWith(':') ? Words(text[..^1], line) : throw Fault(line);
            _line = line;
            if (_header.Count == 0)
                throw Fault(line);
            return;
        }

        if (_header.Count == 0)
            throw Fault(line);
        // What stands deeper are the ranges that the package itself asks for; a name with a colon is such a list's.
        if (indent > 2 || text.EndsWith(':'))
            return;
        if (Words(text, line) is not [var name, var value])
            throw Fault(line);
        if (name == "version")
            _version = value;
        else if (name == "resolved")
            _resolved = value;
        else if (name == "integrity")
            _integrity = value;
    }

    private void Add()
    {
        if (_header.Count == 0)
            return;
        var (name, range) = Specifier.Split(_header[0]);
        string real = range.StartsWith("npm:", StringComparison.Ordinal) ? Specifier.Split(range[4..]).Name : name;
        var origin = Specifier.OriginOf(_resolved ?? range);
        string? sha1 = origin != PackageOrigin.Git && _resolved?.LastIndexOf('#') is >= 0 and int hash ? _resolved[(hash + 1)..] : null;
        if (_version is null || name.Length == 0)
            into.Unread(file.Path, _line, "yarn.lock: an entry without a version or a name");
        else if (!range.StartsWith("link:", StringComparison.Ordinal))
        {
            into.Add(new PackageEntry(Ecosystem.Npm, real, _version, file.Path, _line)
            {
                Alias = real == name ? null : name,
                Requested = string.Join(", ", _header.Select(d => Specifier.Split(d).Range).Distinct()),
                Direct = _project?.Asks(_header),
                Origin = origin,
                Resolved = _resolved,
                Integrity = _integrity ?? (sha1 is { Length: 40 } ? sha1 : null),
            });
        }

        _header = [];
        _version = _resolved = _integrity = null;
    }

    /// <summary>Words between spaces and commas, in quotes or not.</summary>
    private static List<string> Words(string text, int line)
    {
        var words = new List<string>();
        for (int at = 0; at < text.Length;)
        {
            if (text[at] is ' ' or ',')
            {
                at++;
                continue;
            }

            int start = at;
            if (text[at] == '"')
            {
                for (at++; at < text.Length && text[at] != '"'; at++)
                {
                    if (text[at] == '\\')
                        at++;
                }

                if (at >= text.Length)
                    throw Fault(line);
                string inner = text[(start + 1)..at++];
                words.Add(inner.Contains('\\', StringComparison.Ordinal) ? Json.PlainYamlText.Unquoted(inner, (byte)'"') : inner);
            }
            else
            {
                while (at < text.Length && text[at] is not (' ' or ','))
                    at++;
                words.Add(text[start..at]);
            }
        }

        return words;
    }

    private static UnreadableFileException Fault(int line) => new(line, "not a line of a yarn.lock");
}
