using System.CommandLine;
using Canary.Config;
using Canary.ModelFiles;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Models.Pickles;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary model</c>: files with weights, and what they bring besides.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "model files: what is in them, locking them, holding them against the lock, and standing guard over them")
    {
        ModelScan.Create(),
        ModelLockCommand.Create(),
        ModelVerify.Create(),
        ModelGuard.Create(),
        ModelUnseal.Create(),
    };

    // Each takes two blocks of memory, and keeps about two processors busy while it is hashed.
    private const int MostAtOnce = 8;

    private static int AtOnce => Math.Clamp(Environment.ProcessorCount, 1, MostAtOnce);

    // What an object of a class takes, and no more: its state is set by BUILD.
    private static readonly string[] MakesObjects = ["NEWOBJ", "NEWOBJ_EX", "BUILD"];

    /// <summary>What pickles may import: the built-in list, and what canary.yml allows besides.</summary>
    public static ImportPolicy Imports(CanaryConfig config) => ImportPolicy.BuiltIn().With(
        [.. config.Models.AllowImports.Select(a => new ImportEntry(a.Module, a.Names, Classes: false, a.By.Count > 0 ? a.By : MakesObjects, ModelVerdict.Allow))]);

    /// <summary>Those of the paths that are neither a file nor a directory; told.</summary>
    public static bool TellMissing(ParseResult parsed, IEnumerable<string> paths)
    {
        string[] missing = [.. paths.Where(p => !Path.Exists(p))];
        foreach (string path in missing)
            parsed.InvocationConfiguration.Error.WriteLine($"no such file or directory: {Printable.Line(path, 400)}");
        return missing.Length > 0;
    }

    /// <summary>Every file of the paths, once, with whether the user named it.</summary>
    public static IEnumerable<(TreeFile File, bool Named)> FilesOf(ModelTree tree, IEnumerable<string> paths)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            bool named = !Directory.Exists(path);
            foreach (var file in tree.Files(path))
            {
                if (seen.Add(file.FullPath))
                    yield return (file, named);
            }
        }
    }

    /// <summary>Reads them all, several at once, and gives them in their order; with a line on how far it is.</summary>
    public static IEnumerable<ModelReport> Read(ParseResult parsed, IEnumerable<(TreeFile File, bool Named)> files, Func<Action<TreeFile, long, long>, ModelSurvey> survey, CancellationToken cancel)
    {
        var begun = new ReadingProgress();
        using var line = new ProgressLine(parsed.InvocationConfiguration.Error, parsed.GetValue(GlobalOptions.Quiet), begun.State);
        var reading = survey(begun.Tell);
        var ahead = new Queue<Task<ModelReport?>>();
        using var next = files.GetEnumerator();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            for (bool more = true; ;)
            {
                while (more && ahead.Count < AtOnce && (more = next.MoveNext()))
                {
                    var (file, named) = next.Current;
                    // Busy until its end, and parts of it are the pool's.
                    ahead.Enqueue(Task.Factory.StartNew(() => reading.Read(file, named, stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default));
                }

                if (!ahead.TryDequeue(out var first))
                    yield break;
                if (first.GetAwaiter().GetResult() is { } report)
                    yield return report;
            }
        }
        finally
        {
            // Whoever goes on after a failure must not find files open.
            stop.Cancel();
            Task.WhenAll(ahead).ContinueWith(static t => _ = t.Exception, TaskScheduler.Default).Wait(CancellationToken.None);
        }
    }
}
