using System.IO.Enumeration;
using Canary.Config;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Agents;

/// <summary>Which executed program is which agent. Immutable; a reload makes another.</summary>
public sealed class Catalogue
{
    private readonly Dictionary<string, AgentProfile> _byBasename = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AgentProfile> _byWindowsName = new(StringComparer.OrdinalIgnoreCase);

    private Catalogue(IReadOnlyList<AgentProfile> profiles)
    {
        Profiles = profiles;
        foreach (var profile in profiles)
        {
            foreach (string basename in profile.Basenames)
            {
                _byBasename.TryAdd(basename, profile);
                _byWindowsName.TryAdd(WithoutEnding(basename), profile);
            }
        }
    }

    public IReadOnlyList<AgentProfile> Profiles { get; }

    /// <summary>Every basename that tags a process, for a sensor that tags in the kernel.</summary>
    public IReadOnlyList<string> Basenames => [.. _byBasename.Keys];

    /// <summary>The catalogue that is built in, with what canary.yml adds.</summary>
    public static Catalogue Of(IEnumerable<AgentProfile> added)
    {
        using var stream = typeof(Catalogue).Assembly.GetManifestResourceStream("agents/catalogue.yml")!;
        var diagnostics = new Diagnostics();
        var profiles = CanaryConfig.Parse(new StreamReader(stream).ReadToEnd(), "catalogue.yml", diagnostics).Agents.ToList();
        if (diagnostics.Count > 0)
            throw new InvalidOperationException($"the built-in catalogue is at fault: {diagnostics.All[0]}");
        foreach (var profile in added)
        {
            int known = profiles.FindIndex(p => p.Name == profile.Name);
            if (known < 0)
                profiles.Add(profile);
            else
                profiles[known] = profiles[known].With(profile);
        }

        return new Catalogue(profiles);
    }

    /// <summary>True when path, package or arguments say it, not only the base name.</summary>
    public static bool IsConfirmed(AgentProfile profile, string image, string requested, IReadOnlyList<string> arguments) =>
        new Started(image, requested, arguments).IsConfirmed(profile);

    /// <summary>The agent that this program is, and whether more than its base name says so; null for none.</summary>
    /// <param name="arguments">With the program's own name first, as the kernel has them.</param>
    public AgentProfile? Match(string image, string requested, IReadOnlyList<string> arguments, out bool verified)
    {
        var started = new Started(image, requested, arguments);
        foreach (var profile in Profiles)
        {
            if (started.IsConfirmed(profile))
            {
                verified = true;
                return profile;
            }
        }

        verified = false;
        return ByBasename(image, started.IsWindows) ?? ByBasename(requested, started.IsWindows)
            ?? (started.Script is { } script ? ByBasename(script, started.IsWindows) : null);
    }

    /// <summary>A path as patterns are written: with slashes, and on Windows in its short spelling.</summary>
    internal static string Comparable(string path, out bool windows) =>
        (windows = WindowsPath.IsOne(path)) ? WindowsPath.Normal(path).Replace('\\', '/') : path;

    // Windows finds «claude» as claude.exe or claude.cmd, in any case.
    private AgentProfile? ByBasename(string path, bool windows) => windows
        ? _byWindowsName.GetValueOrDefault(WithoutEnding(WindowsPath.FileName(path)))
        : _byBasename.GetValueOrDefault(PathName.Of(path));

    private static string WithoutEnding(string name)
    {
        foreach (string ending in (ReadOnlySpan<string>)[".exe", ".cmd", ".bat", ".ps1", ".com"])
        {
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return name[..^ending.Length];
        }

        return name;
    }

    private static bool Confirms(AgentProfile profile, string comparable, bool windows)
    {
        foreach (string pattern in profile.Paths)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, comparable, windows))
                return true;
        }

        foreach (string package in profile.Packages)
        {
            if (HoldsPackage(comparable, package, windows))
                return true;
        }

        return false;
    }

    /// <summary>True when the path runs through the package's own folder under node_modules or site-packages.</summary>
    private static bool HoldsPackage(string path, string package, bool ignoreCase)
    {
        foreach (string home in (ReadOnlySpan<string>)["/node_modules/", "/site-packages/"])
        {
            // The innermost one: a package's dependency is not the package.
            int at = path.LastIndexOf(home, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
            if (at < 0)
                continue;
            var rest = path.AsSpan(at + home.Length);
            int end = rest.IndexOf('/');
            if (end > 0 && rest[0] == '@')
            {
                int second = rest[(end + 1)..].IndexOf('/');
                end = second < 0 ? -1 : end + 1 + second;
            }

            if (end > 0 && FileSystemName.MatchesSimpleExpression(package, rest[..end], ignoreCase))
                return true;
        }

        return false;
    }

    private static bool ArgumentsMatch(AgentProfile profile, string arguments)
    {
        foreach (string pattern in profile.Arguments)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, arguments, ignoreCase: false))
                return true;
        }

        return false;
    }

    /// <summary>What a program is compared by with every profile, made once for all of them.</summary>
    private readonly struct Started
    {
        private readonly (string Path, bool Windows) _image, _requested, _script;
        private readonly string? _arguments;

        public Started(string image, string requested, IReadOnlyList<string> arguments)
        {
            // The script is the first argument that is no option: node --flag /path/cli.js …
            Script = Interpreters.ScriptOf(image, arguments, out bool interpreted);
            _image = Of(image);
            _requested = requested == image ? _image : Of(requested);
            _script = Script is null ? default : Of(Script);
            if (interpreted && arguments.Count >= 2)
                _arguments = string.Join(' ', arguments.Skip(1).Take(8));
        }

        public string? Script { get; }

        public bool IsWindows => _image.Windows;

        public bool IsConfirmed(AgentProfile profile) =>
            Confirms(profile, _image.Path, _image.Windows)
            || (!ReferenceEquals(_requested.Path, _image.Path) && Confirms(profile, _requested.Path, _requested.Windows))
            || (Script is not null && Confirms(profile, _script.Path, _script.Windows))
            || (_arguments is not null && ArgumentsMatch(profile, _arguments));

        private static (string Path, bool Windows) Of(string path) => (Comparable(path, out bool windows), windows);
    }
}
