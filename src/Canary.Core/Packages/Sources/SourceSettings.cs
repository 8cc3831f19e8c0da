using Canary.Packages.Integrity;
using Canary.Text;

namespace Canary.Packages.Sources;

/// <summary>What settings files of all package managers have in common: places, and secrets that should not stand there.</summary>
internal sealed class SourceSettings(string ecosystem, string file, Inventory into)
{
    private const int MostShown = 100;

    /// <summary>A place that packages come from; returns its host, empty for a folder.</summary>
    public string Place(string url, int line)
    {
        url = url.Trim();
        if (url.Length == 0)
            return "";
        into.Add(new PackageSource(ecosystem, url, file, line));
        var address = Address.Of(url);
        if (address.HasSecret && !IsReference(address.User))
            Fault(line, SourceFaultKind.PlainSecret, "an URL holds credentials", "Take them from the environment or a keyring, and rotate them: everybody who has the file has them.");
        if (Address.Is(address.Scheme, "http") && !IsLocal(address.Host))
            Fault(line, SourceFaultKind.Unprotected, $"packages come from {Shown(address.Host.ToString())} by plain HTTP", "Write https://.");
        return address.Host.ToString();
    }

    /// <summary>A setting whose value is a secret. The value goes nowhere.</summary>
    public void Secret(string name, string value, int line)
    {
        if (value.Trim().Length > 0 && !IsReference(value.Trim()))
            Fault(line, SourceFaultKind.PlainSecret, $"'{Shown(name)}' is written in plain", "Take it from the environment (as in ${TOKEN}), and rotate it: everybody who has the file has it.");
    }

    public void Fault(int line, SourceFaultKind kind, string why, string remedy) => into.Add(new SourceFault(file, line, kind, why, remedy));

    public static string Shown(string text) => Printable.Line(text, MostShown);

    /// <summary>No secret, but the name of a variable that has it: <c>${TOKEN}</c>, <c>$TOKEN</c>, <c>%TOKEN%</c>.</summary>
    private static bool IsReference(ReadOnlySpan<char> value) =>
        value.Contains("${", StringComparison.Ordinal) || value.StartsWith("$") || value.Contains(":$", StringComparison.Ordinal) || value.Length > 2 && value[0] == '%' && value[^1] == '%';

    private static bool IsLocal(ReadOnlySpan<char> host) => Address.Is(host, "localhost") || host.StartsWith("127.") || host is "[::1]";
}
