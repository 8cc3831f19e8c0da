using System.CommandLine;
using Canary.Alerts.Storage;
using Canary.Config;
using Canary.Packages;
using Canary.Registries;
using Canary.Scanning;
using Canary.Text;

namespace Canary.Commands;

/// <summary>The options by which a scan asks registries, and the asking of one run.</summary>
internal sealed class RegistryOptions(ParseResult parsed)
{
    private static readonly Option<bool> Registry = new("--registry") { Description = "ask npm and NuGet what they say of each package that came from there; never with --offline" };
    private static readonly Option<string?> Npm = new("--npm-registry") { Description = $"the registry or mirror to ask (default: {NpmRegistry.Public})", HelpName = "URL", Validators = { CheckAddress } };
    private static readonly Option<string?> NuGet = new("--nuget-source") { Description = $"the V3 feed or mirror to ask (default: {NuGetRegistry.Public})", HelpName = "URL", Validators = { CheckAddress } };

    private readonly TimeProvider _time = TimeProvider.System;
    private RegistryAnswers? _answers;

    public static void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Registry, Npm, NuGet])
            command.Options.Add(option);
    }

    /// <summary>What registries say where they may be asked; how old packages are in any case.</summary>
    /// <inheritdoc cref="Gating.RegistryQuestion"/>
    public IEnumerable<ScanFinding> Findings(Inventory found, string root, string policyRoot, ScanConfig config, CancellationToken cancel)
    {
        bool isAsked = parsed.GetValue(Registry), isOffline = IsOffline(parsed);
        var answers = _answers ?? (isAsked && !isOffline ? Ask(found, root, policyRoot, config, cancel) : RegistryAnswers.None);
        // Of the base nobody is asked: what it has and the change keeps is known, and what was not answered now is not old.
        var said = _answers is null ? answers : answers with { Unanswered = [], Withheld = [] };
        _answers = answers;
        var findings = RegistryFindings.Of(found, said, CooldownSettings.Read(policyRoot), config.Cooldown, _time.GetUtcNow());
        return isAsked && isOffline ? findings.Append(RegistryFindings.Offline()) : findings;
    }

    private RegistryAnswers Ask(Inventory found, string root, string policyRoot, ScanConfig config, CancellationToken cancel)
    {
        var limits = new RegistryLimits();
        using var wire = new RegistryWire(limits, _time);
        var scratch = Directory.CreateTempSubdirectory("canary-nuget-");
        try
        {
            var registries = RegistryList.Of(Address(parsed, Npm, NpmRegistry.Public), Address(parsed, NuGet, NuGetRegistry.Public), wire, scratch.FullName, _time);
            string[] roots = [.. ((string[])[root, policyRoot]).Distinct(StringComparer.Ordinal)];
            var names = new PublicNames(roots, config.Internal, UserRegistries.Current());
            return new RegistryLookup(registries, names, Cache(), limits, _time).AskAsync(found.Packages, cancel).GetAwaiter().GetResult();
        }
        finally
        {
            Remove(scratch);
        }
    }

    private static void Remove(DirectoryInfo scratch)
    {
        try
        {
            scratch.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system's temporary directory is swept by others.
        }
    }

    // Without one each scan asks anew; that is slow, and nothing is lost.
    private RegistryCache? Cache()
    {
        string state = StateDirectory.Resolve(parsed.GetValue(GlobalOptions.State));
        try
        {
            StateDirectory.Prepare(state);
            return new RegistryCache(Path.Combine(state, "registries"), _time);
        }
        catch (StateException e)
        {
            if (!parsed.GetValue(GlobalOptions.Quiet))
                parsed.InvocationConfiguration.Error.WriteLine($"answers of registries are not kept: {Printable.Line(e.Message, 500)}");
            return null;
        }
    }

    // Said outright it goes before CI: the one way to ask from a build, --offline=false.
    internal static bool IsOffline(ParseResult parsed) => parsed.GetResult(GlobalOptions.Offline) is { Implicit: false }
        ? parsed.GetValue(GlobalOptions.Offline) : Environment.GetEnvironmentVariable("CI") is { Length: > 0 };

    private static Uri Address(ParseResult parsed, Option<string?> option, Uri standard) => parsed.GetValue(option) is { } named ? new Uri(named) : standard;

    internal static void CheckAddress(System.CommandLine.Parsing.OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!Uri.TryCreate(token.Value, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) || address.UserInfo.Length > 0)
                result.AddError($"{result.Option.Name}: '{Printable.Line(token.Value, 100)}' is not to be asked; write an https address without a password (http only for this machine)");
        }
    }
}
