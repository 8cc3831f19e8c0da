using Canary.Findings;
using Canary.Gating;
using Xunit;

namespace Canary.Tests.Gating;

/// <summary>A repository that would run a program in every way that git has: each would leave a mark, and none does.</summary>
public sealed class HostileRepositoryTests : IDisposable
{
    private readonly GateWorld _world = new();

    private string Mark => Path.Combine(_world.Outside, "executed");

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Nothing_that_a_repository_names_is_run()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Write(".gitattributes", "* filter=evil diff=evil merge=evil text=auto\n");
        _world.Write("canary.yml", "scan: {fail_on: medium}\n");
        _world.Commit("base");
        Arm();
        Assert.True(IsArmed(), "the traps of this test do not spring");
        var report = _world.Report(against: "base");
        Assert.Equal(["critical known_malicious_package pkg:npm/chalk@5.6.1 package-lock.json existing"], report.Told().Take(1));
        Assert.Equal(Level.Medium, report.FailOn);
        Assert.Throws<GateException>(() => _world.Scan(against: "no-such"));
        Assert.Throws<GateException>(() => _world.Scan(against: "--upload-pack=" + Trap()));
        Assert.False(File.Exists(Mark), "the repository had something run");
    }

    [Fact]
    public void A_partial_clone_fetches_nothing_when_an_object_is_not_there()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Commit("base");
        string blob = _world.Git("rev-parse", "HEAD:package-lock.json");
        File.Delete(_world.At($".git/objects/{blob[..2]}/{blob[2..]}"));
        _world.Git("config", "core.repositoryFormatVersion", "1");
        _world.Git("config", "extensions.partialClone", "origin");
        _world.Git("config", "remote.origin.promisor", "true");
        _world.Git("config", "remote.origin.url", $"ext::{Trap()}");
        _world.Git("config", "remote.origin.uploadpack", Trap());
        _world.Git("config", "protocol.ext.allow", "always");
        Assert.Throws<InvalidOperationException>(() => _world.Git("cat-file", "-p", blob));
        Assert.True(File.Exists(Mark), "the trap of this test does not spring");
        File.Delete(Mark);
        var report = _world.Report(against: "base");
        // What the base has cannot be told: it counts as new.
        Assert.Equal(Level.Critical, report.Worst);
        Assert.Contains(report.Notes, n => n.StartsWith("1 files of base could not be looked at", StringComparison.Ordinal));
        Assert.False(File.Exists(Mark), "the repository had something run");
    }

    [Fact]
    public void An_object_that_is_damaged_is_told()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Commit("base");
        string blob = _world.Git("rev-parse", "HEAD:package-lock.json");
        string file = _world.At($".git/objects/{blob[..2]}/{blob[2..]}");
        File.SetAttributes(file, FileAttributes.Normal);
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        try
        {
            // Whatever git makes of it: the finding is new, or the base is refused.
            Assert.Equal(Level.Critical, _world.Report(against: "base").Worst);
        }
        catch (GateException e)
        {
            Assert.Contains("is the clone whole?", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_git_that_lies_in_the_tree_is_not_run()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Commit("base");
        File.Copy(Trap(), _world.At("git"));
        Assert.NotNull(GitCommand.Find(_world.Root));
        Assert.DoesNotContain(_world.Root, GitCommand.Find(_world.Root)!, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_a_tree_lead_nowhere_else()
    {
        _world.Git("init", "-q");
        string blob = _world.GitWith(GateWorld.Bad, "hash-object", "-w", "--stdin");
        // Innermost first: a/../../package-lock.json and others that no checkout would make.
        string file = Tree($"100644 blob {blob}\tpackage-lock.json\0");
        string up = Tree($"040000 tree {file}\t..\0");
        string upUp = Tree($"040000 tree {up}\t..\0");
        string git = Tree($"040000 tree {file}\t.git\0");
        string link = Tree($"120000 blob {_world.GitWith("../../../../etc", "hash-object", "-w", "--stdin")}\tlink\0");
        string root = Tree(
            $"040000 tree {file}\ta\nb ::error::\0" + $"040000 tree {git}\tg\0" + $"040000 tree {link}\tl\0" + $"100644 blob {blob}\tpackage-lock.json\0" + $"040000 tree {upUp}\tx\0");
        string commit = _world.Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit-tree", root, "-m", "hostile");
        _world.Git("update-ref", "refs/heads/main", commit);
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Write("a\nb ::error::/package-lock.json", GateWorld.Bad);
        var report = _world.Report(against: commit);
        Assert.Equal([true, true], report.Findings.Select(f => f.Existing));
        // x/../../ and g/.git are not written.
        Assert.Contains(report.Notes, n => n.StartsWith("2 files of", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(Path.GetTempPath(), "package-lock.json")));
    }

    [Fact]
    public void A_tree_that_names_a_file_twice_gives_it_once()
    {
        _world.Git("init", "-q");
        string bad = _world.GitWith(GateWorld.Bad, "hash-object", "-w", "--stdin"), good = _world.GitWith(GateWorld.Good, "hash-object", "-w", "--stdin");
        string root = Tree($"100644 blob {bad}\tpackage-lock.json\0" + $"100644 blob {good}\tpackage-lock.json\0");
        string commit = _world.Git("commit-tree", root, "-m", "twice");
        _world.Write("package-lock.json", GateWorld.Bad);
        Assert.Contains(_world.Report(against: commit).Notes, n => n.StartsWith("1 files of", StringComparison.Ordinal));
    }

    private string Tree(string entries)
    {
        // mktree refuses what is hostile; the object itself can be written all the same.
        using var bytes = new MemoryStream();
        foreach (string entry in entries.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] halves = entry.Split('\t', 2), head = halves[0].Split(' ');
            bytes.Write(System.Text.Encoding.UTF8.GetBytes($"{head[0].TrimStart('0')} {halves[1]}\0"));
            bytes.Write(Convert.FromHexString(head[2]));
        }

        string path = Path.Combine(_world.Outside, "tree-object");
        File.WriteAllBytes(path, bytes.ToArray());
        return _world.Git("hash-object", "-t", "tree", "-w", "--literally", path);
    }

    private string Trap()
    {
        string trap = Path.Combine(_world.Outside, "trap.sh");
        if (!File.Exists(trap))
        {
            File.WriteAllText(trap, $"#!/bin/sh\necho \"$0 $*\" >>'{Mark}'\nexit 1\n");
            MakeExecutable(trap);
        }

        return trap;
    }

    private static void MakeExecutable(string file)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Arm()
    {
        string trap = Trap(), included = Path.Combine(_world.Outside, "included.config");
        File.WriteAllText(included, $"[core]\n\tfsmonitor = {trap}\n\tpager = {trap}\n\tsshCommand = {trap}\n\talternateRefsCommand = {trap}\n\teditor = {trap}\n[alias]\n\trev-parse = !{trap}\n\tls-tree = !{trap}\n\tcat-file = !{trap}\n");
        foreach (var (key, value) in new (string, string)[]
        {
            ("core.fsmonitor", trap), ("core.hooksPath", _world.At(".git/evil-hooks")), ("core.pager", trap), ("core.askPass", trap), ("core.sshCommand", trap), ("core.gitProxy", trap),
            ("core.editor", trap), ("core.attributesFile", _world.At(".gitattributes")), ("core.worktree", _world.Outside), ("pager.ls-tree", "true"), ("pager.rev-parse", "true"), ("pager.cat-file", trap),
            ("filter.evil.smudge", trap), ("filter.evil.clean", trap), ("filter.evil.process", trap), ("filter.evil.required", "true"), ("diff.external", trap), ("diff.evil.textconv", trap), ("diff.evil.command", trap),
            ("merge.evil.driver", trap), ("credential.helper", "!" + trap), ("gpg.program", trap), ("log.showSignature", "true"), ("alias.rev-parse", "!" + trap), ("alias.ls-tree", "!" + trap), ("alias.cat-file", "!" + trap),
            ("include.path", included), ("includeIf.gitdir:/.path", included), ("protocol.allow", "always"), ("protocol.ext.allow", "always"), ("remote.origin.url", $"ext::{trap}"), ("trace2.eventTarget", Mark), ("uploadpack.packObjectsHook", trap),
            ("submodule.recurse", "true"), ("safe.directory", "*"), ("core.fsmonitorHookVersion", "2"),
        })
        {
            _world.Git("config", "--local", key, value);
        }

        foreach (string folder in (string[])[".git/hooks", ".git/evil-hooks"])
        {
            Directory.CreateDirectory(_world.At(folder));
            foreach (string hook in (string[])["post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction", "pre-auto-gc", "query-watchman", "post-merge", "pre-commit"])
            {
                File.Copy(trap, Path.Combine(_world.At(folder), hook), overwrite: true);
                MakeExecutable(Path.Combine(_world.At(folder), hook));
            }
        }
    }

    /// <summary>An ordinary command of git walks into a trap.</summary>
    private bool IsArmed()
    {
        File.Delete(Mark);
        try
        {
            _world.Git("--work-tree", _world.Root, "status");
        }
        catch (InvalidOperationException)
        {
            // Whatever a trap made of it.
        }

        bool sprung = File.Exists(Mark);
        File.Delete(Mark);
        return sprung;
    }
}
