using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Canary.Commands;

/// <summary>What <c>--version</c> prints: name, version, and the commit that it was built from.</summary>
internal sealed class VersionText : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public static string Text => "canary " + Number;

    /// <summary>Semantic, with the commit as build metadata.</summary>
    public static string Number => typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(Text);
        return ExitCode.Clean;
    }

    /// <summary>Replaces what the command line library would print.</summary>
    public static void AddTo(RootCommand root)
    {
        foreach (var option in root.Options)
        {
            if (option is VersionOption version)
                version.Action = new VersionText();
        }
    }
}
