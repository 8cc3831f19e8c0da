using System.CommandLine;
using Canary.Commands;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Models.Pickles;
using Canary.Models.Provenance;
using Canary.Models.Signing;
using Canary.Text;
using Canary.Yaml;

namespace Canary.ModelFiles;

/// <summary>Makes a lock of all files of some paths, and tells what it finds on the way.</summary>
internal sealed class LockMaking(IReadOnlyList<string> paths, string output, IModelFiles files, ModelView view, ModelFindings findings, ImportPolicy imports, OmsTrust trust, TimeProvider time)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Files that are left out beside the lock, by their full paths: the signature and the bill of materials that are made of it.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>The Hub, where it may be asked.</summary>
    public HubAnswers? Hub { get; init; }

    /// <summary>Files that are not what a publisher's digest or signature says, and signatures that do not hold.</summary>
    public int Mismatches { get; private set; }

    /// <summary>Files with the verdict deny.</summary>
    public int Denied { get; private set; }

    public ModelLock Run(ParseResult parsed, CancellationToken cancel)
    {
        string directory = LockBase.Of(paths);
        var tree = new ModelTree(directory, files);
        string[] left = [Path.GetFullPath(output), .. Left];
        var all = ModelCommand.FilesOf(tree, paths).Where(f => !left.Contains(f.File.FullPath)).ToList();
        // Not even as a part of a model: what is written after this would not be what was locked.
        _known.UnionWith([.. left, .. all.Select(f => f.File.FullPath)]);
        var search = new HashSearch(directory, [.. all.Select(f => f.File)], tree);
        var signatures = new OmsSource(trust, time);
        var claims = HashSources.Claims(search, Hub is null ? [signatures] : [signatures, Hub]).ToLookup(c => c.Path, StringComparer.Ordinal);
        foreach (var (path, reason) in signatures.Refused)
            view.Finding(ModelFindings.Of(ModelRules.BadSignature, path, reason, "Load nothing from here until it is known who signed this, and what."));
        foreach (var (path, by) in signatures.Missing)
            view.Finding(ModelFindings.Of(ModelRules.Missing, path, $"{by} signs it, and it is not there", "Take the model again, whole."));
        Mismatches = signatures.Refused.Count + signatures.Missing.Count;
        foreach (var fault in search.Faults.All)
            parsed.InvocationConfiguration.Error.WriteLine(Printable.Line(fault.ToString(), 1000));
        var earlier = Earlier();
        var locked = new List<LockedFile>();
        var unread = new List<(string Path, string Reason)>();
        for (List<(TreeFile File, bool Named)> now = all, parts = []; now.Count > 0; (now, parts) = (parts, []))
        {
            ModelSurvey? survey = null;
            foreach (var report in ModelCommand.Read(parsed, now, tell => survey = new ModelSurvey(tree, files, imports, file => claims[file.Path]) { WithTensors = true, Everything = true, Tell = tell }, cancel))
            {
                if (LockPath.Fault(report.Path) is { } wrong)
                {
                    view.Finding(ModelFindings.Unread(report.Path, $"cannot be locked: its name {wrong}"));
                    continue;
                }

                AddParts(parts, report, directory);
                var file = Locked(report, [.. claims[report.Path]], earlier.GetValueOrDefault(report.Path));
                locked.Add(file);
                view.Model(file.Verdict, file.Format, file.Size, file.Path, file.Basis.Word() + (file.Signer is { } by ? ": " + by : ""), w => ModelShapes.Fields(w, report, file.Verdict, file.Basis, file.Signer));
                foreach (var finding in findings.Of(report))
                    view.Finding(finding);
            }

            unread.AddRange(survey!.Unread);
        }

        foreach (var (path, reason) in unread.Distinct())
            view.Finding(ModelFindings.Unread(path, reason));
        return new ModelLock(time.GetUtcNow(), LockBase.Word(directory, output), locked);
    }

    // A model that was named alone brings the files that it has its numbers in.
    private void AddParts(List<(TreeFile File, bool Named)> all, ModelReport report, string directory)
    {
        foreach (string part in report.Facts.ExternalFiles.Where(p => LockPath.Fault(p) is null))
        {
            string full = Path.Combine(Path.GetDirectoryName(report.FullPath)!, part);
            if (File.Exists(full) && _known.Add(full))
                all.Add((new TreeFile(Path.GetRelativePath(directory, full).Replace(Path.DirectorySeparatorChar, '/'), full), true));
        }
    }

    private LockedFile Locked(ModelReport report, IReadOnlyList<HashClaim> claims, LockedFile? earlier)
    {
        var digests = report.Digests!;
        var vouched = Vouching.Of(digests, claims);
        foreach (var broken in vouched.Broken)
            view.Finding(ModelFindings.Of(ModelRules.Mismatch, report.Path, Words(broken, digests), "Load it nowhere. Take it again from its publisher."));
        if (vouched.Broken.Count > 0)
            Mismatches++;
        if (report.Facts.Verdict == ModelVerdict.Deny)
            Denied++;
        bool isSame = earlier is not null && earlier.Sha256 == digests.Sha256;
        if (earlier is not null && !isSame)
            view.Finding(ModelFindings.Of(ModelRules.Relocked, report.Path, $"its SHA-256 was {earlier.Sha256} and is {digests.Sha256}"));
        // The list that vouched for these very bytes may be gone by now; its word is not.
        bool keeps = isSame && vouched.Broken.Count == 0 && earlier!.Basis > vouched.Basis;
        return new LockedFile(report.Path, digests.Size, digests.Sha256, digests.Chunks)
        {
            Format = report.Facts.Format,
            Verdict = report.Facts.Verdict,
            Scanner = VersionText.Number,
            Basis = keeps ? earlier!.Basis : vouched.Basis,
            Signer = keeps ? earlier!.Signer : vouched.By,
            Source = keeps ? earlier!.Source : vouched.Source ?? (isSame ? earlier!.Source : null),
            VerifiedAt = time.GetUtcNow(),
            HeaderSha256 = digests.HeaderSha256,
            Tensors = digests.Tensors,
            TemplateSha256 = [.. report.Facts.Templates.Select(t => t.Sha256).Distinct().Order(StringComparer.Ordinal)],
        };
    }

    private static string Words(HashClaim claim, TakenDigests digests) => claim.Size is { } size && size != digests.Size
        ? $"{claim.By} says {size} bytes, and it has {digests.Size}"
        : claim.Tensor is { } tensor ? $"{claim.By} says that the tensor {tensor} has the {claim.Algorithm} {claim.Hex}, and it has another"
        : $"{claim.By} says {claim.Algorithm} {claim.Hex}, and it is {digests.Others.GetValueOrDefault(claim.Algorithm, "another")}";

    // A lock that cannot be read is replaced: this command is how it is mended.
    private Dictionary<string, LockedFile> Earlier()
    {
        try
        {
            return LockStore.Read(output, new Diagnostics())?.Files.ToDictionary(f => f.Path, StringComparer.Ordinal) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
