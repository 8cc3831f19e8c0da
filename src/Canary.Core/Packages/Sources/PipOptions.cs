using Canary.Packages.Python;

namespace Canary.Packages.Sources;

/// <summary>The options by which pip is told where packages come from; the same in its settings and in requirements (https://pip.pypa.io/en/stable/cli/pip_install/).</summary>
internal static class PipOptions
{
    /// <summary>A line of a requirements file.</summary>
    public static void Read(string text, string file, int line, Inventory into)
    {
        if (!text.StartsWith('-'))
            return;
        var settings = new SourceSettings(Ecosystem.PyPI, file, into);
        if (RequirementLines.Option(text, null, "--extra-index-url") is { } extra)
            Set("extra-index-url", extra, line, settings);
        else if (RequirementLines.Option(text, "-i", "--index-url") is { } index)
            Set("index-url", index, line, settings);
        else if (RequirementLines.Option(text, null, "--trusted-host") is { } host)
            Set("trusted-host", host, line, settings);
        else if (RequirementLines.Option(text, "-f", "--find-links") is { } links)
            Set("find-links", links, line, settings);
    }

    /// <param name="name">As in <c>pip.conf</c>, without hyphens in front.</param>
    public static void Set(string name, string value, int line, SourceSettings settings)
    {
        switch (name)
        {
            case "index-url":
                settings.Place(value, line);
                break;
            case "extra-index-url":
                foreach (string url in Words(value))
                {
                    string host = settings.Place(url, line);
                    settings.Fault(
                        line, SourceFaultKind.Confusion, $"pip asks {SourceSettings.Shown(host)} and the main index for every name, and takes the higher version: whoever publishes a private name on PyPI wins",
                        "Use one index that passes PyPI on (--index-url), or uv or Poetry with an explicit index for each private name.");
                }

                break;
            case "trusted-host":
                settings.Fault(line, SourceFaultKind.Unprotected, $"certificates of {SourceSettings.Shown(value)} are not checked", "Delete the option; give its authority by --cert.");
                break;
            case "find-links":
                foreach (string url in Words(value).Where(u => u.Contains("://", StringComparison.Ordinal)))
                    settings.Place(url, line);
                break;
        }
    }

    private static string[] Words(string value) => value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
