using System.CommandLine;
using System.CommandLine.Parsing;
using Canary.ModelFiles;
using Canary.Registries;
using Canary.Text;

namespace Canary.Commands;

/// <summary>The options by which the Hugging Face Hub is asked about models.</summary>
internal static class HubOptions
{
    private static readonly Option<bool> Hub = new("--hub") { Description = "ask the Hugging Face Hub for its digests of the files of its cache; never with --offline" };
    private static readonly Option<string?> Url = new("--hub-url") { Description = $"the Hub or mirror to ask (default: {HubRegistry.Public})", HelpName = "URL", Validators = { RegistryOptions.CheckAddress } };
    private static readonly Option<string?> Repository = new("--hub-repo") { Description = "what the files are that no cache names: their repository and commit", HelpName = "OWNER/NAME@COMMIT", Validators = { CheckRepository } };

    public static void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Hub, Url, Repository])
            command.Options.Add(option);
    }

    /// <summary>Null where nobody is to be asked; then it was said, if it was wanted.</summary>
    public static HubAnswers? Of(ParseResult parsed, RegistryWire wire, CancellationToken cancel)
    {
        if (!parsed.GetValue(Hub) && parsed.GetValue(Repository) is null)
            return null;
        if (RegistryOptions.IsOffline(parsed))
        {
            parsed.InvocationConfiguration.Error.WriteLine("offline: the Hub was not asked (--offline=false asks in CI, too)");
            return null;
        }

        var address = parsed.GetValue(Url) is { } named ? new Uri(named) : HubRegistry.Public;
        string[]? given = parsed.GetValue(Repository)?.Split('@');
        return new HubAnswers(new HubRegistry(address, wire), given is [var repository, var commit] ? (repository, commit) : null, cancel);
    }

    private static void CheckRepository(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (token.Value.Split('@') is not [var repository, var commit] || !HubRegistry.CanName(repository) || !HubRegistry.IsCommit(commit))
                result.AddError($"--hub-repo: '{Printable.Line(token.Value, 160)}' is no OWNER/NAME@COMMIT; the commit is written with 40 digits, since a branch may change while it is read");
        }
    }
}
