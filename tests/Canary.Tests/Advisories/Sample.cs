using System.IO.Compression;
using System.Security.Cryptography;
using Canary.Advisories;
using Canary.Tests.Support;

namespace Canary.Tests.Advisories;

/// <summary>Sources written to a directory of the test's own, and the index made of them.</summary>
internal sealed class Sample : IDisposable
{
    public static readonly DateTimeOffset Built = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();

    public string At(string name) => _directory.At(name);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
        return At(name);
    }

    public string Zip(string name, params (string Entry, string Text)[] entries)
    {
        using var archive = ZipFile.Open(At(name), ZipArchiveMode.Create);
        foreach (var (entry, text) in entries)
        {
            using var writer = new StreamWriter(archive.CreateEntry(entry).Open());
            writer.Write(text);
        }

        return At(name);
    }

    public static AdvisoryIndex Index(params string[] paths) => AdvisoryIndex.Open(IndexSources.Read(paths).Index(Built, 1));

    public string Save(string name, string list, long sequence, ECDsa? key)
    {
        File.WriteAllBytes(At(name), IndexSources.Read([Write("list.txt", list)]).Index(Built, sequence, key));
        return At(name);
    }

    public IReadOnlyList<string> Faults(params string[] paths) =>
        [.. IndexSources.Read(paths).Diagnostics.Select(d => $"{(d.Unsupported ? "(skipped) " : "")}{Path.GetRelativePath(_directory.Path, Path.GetFullPath(d.File, _directory.Path))}:{d.Line}: {d.Message}")];

    public static string Osv(string id, string ecosystem, string name, string rest) =>
        $$"""{"id":"{{id}}","affected":[{"package":{"ecosystem":"{{ecosystem}}","name":"{{name}}"},{{rest}}}]}""";

    public void Dispose() => _directory.Dispose();
}
