using System.CommandLine;
using System.Runtime.Versioning;
using Canary.Alerts.Storage;
using Canary.Sensors.Gating;
using Canary.Text;

namespace Canary.Commands;

/// <summary><c>canary model unseal</c>: takes off by hand what a guard that was killed left.</summary>
internal static class ModelUnseal
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "files, or directories: below those the files that a guard sealed", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("unseal", "take the immutable flag off files that a guard sealed and left so") { Paths };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (ModelCommand.TellMissing(parsed, parsed.GetValue(Paths)!))
            return ExitCode.Usage;
        if (!OperatingSystem.IsLinux())
        {
            error.WriteLine("files are sealed on Linux only");
            return ExitCode.Unable;
        }

        string state = StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State));
        var record = SealRecord.Load(Path.Combine(state, "model-seals"));
        int code = ExitCode.Clean;
        foreach (string path in parsed.GetValue(Paths)!)
        {
            string real = FileSeal.RealPath(path);
            string[] files = Directory.Exists(real)
                ? [.. record.All.Where(s => s.Path.StartsWith(Path.TrimEndingDirectorySeparator(real) + "/", StringComparison.Ordinal)).Select(s => s.Path)]
                : [real];
            if (files.Length == 0)
                error.WriteLine($"{Printable.Line(path, 400)}: no guard left a file sealed there");
            foreach (string file in files)
                code = Math.Max(code, Unseal(parsed, file, record));
        }

        return code;
    }

    [SupportedOSPlatform("linux")]
    private static int Unseal(ParseResult parsed, string file, SealRecord record)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        string shown = Printable.Line(file, 400);
        var id = FileSeal.Identity(file);
        bool known = record.Holds(id.Device, id.Inode);
        if (!FileSeal.IsOn(file))
        {
            error.WriteLine(FileSeal.IsForGood(file)
                ? $"{shown} is held by fs-verity, which nobody can take off: delete it, or put another file in its place" : $"{shown} is not sealed");
        }
        else if (FileSeal.TakeOff(file) is { } failure)
        {
            error.WriteLine($"{shown} stays sealed: {failure}");
            return ExitCode.Unable;
        }
        else
        {
            output.WriteLine($"{shown} can be changed again{(known ? "" : "; it was not a guard that had sealed it")}");
        }

        record.Remove(id.Device, id.Inode);
        return ExitCode.Clean;
    }
}
