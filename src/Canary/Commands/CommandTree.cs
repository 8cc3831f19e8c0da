using System.CommandLine;

namespace Canary.Commands;

/// <summary>Every command of the program. A new one is a file beside this and a line here.</summary>
internal static class CommandTree
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Watches what AI agents do on this machine: processes, packages and models.");
        GlobalOptions.AddTo(root);
        VersionText.AddTo(root);
        root.Subcommands.Add(WatchCommand.Create());
        root.Subcommands.Add(DaemonCommand.Create());
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(ReplayCommand.Create());
        root.Subcommands.Add(ScanCommand.Create());
        root.Subcommands.Add(ScanCommand.CreateGate());
        root.Subcommands.Add(ModelCommand.Create());
        root.Subcommands.Add(RulesCommand.Create());
        root.Subcommands.Add(AgentsCommand.Create());
        root.Subcommands.Add(AlertsCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(DbCommand.Create());
        root.Subcommands.Add(ServiceCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        return root;
    }
}
