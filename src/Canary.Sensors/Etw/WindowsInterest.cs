using System.Buffers;
using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>
/// Which opens are worth an event: of thousands a second, those of credentials, of agents' own files, and of what starts with Windows.
/// By parts of paths, all sought at once; which of them matter, and to whom, is the rules' to say.
/// </summary>
internal sealed class WindowsInterest : IEtwFileInterest
{
    private static readonly string[] Credentials =
    [
        @"\.ssh\", @"\.gnupg\", @"\.aws\", @"\.azure\", @"\gcloud\", @"\.oci\", @"\.kube\", @"\.docker\config.json", @"\rclone\", @"\.fly\", @"\doctl\",
        @"\.netrc", @"\_netrc", @"\.pgpass", @"\pgpass.conf", @"\.git-credentials", @"\.config\gh\", @"\GitHub CLI\", @"\glab-cli\", @"\.npmrc", @"\.pypirc",
        @"\.cargo\credentials", @"\.m2\settings", @"\.gradle\gradle.properties", @"\NuGet.Config", @"\Composer\auth.json", @"\huggingface\token", @"\kaggle.json",
        @"\.terraform.d\", @"\terraform.rc", @"\.vault-token", @"\Microsoft\Credentials\", @"\Microsoft\Protect\", @"\Microsoft\Vault\", @"\ConsoleHost_history.txt",
        @"\Login Data", @"\Network\Cookies", @"\Local State", @"\Web Data", @"\logins.json", @"\key4.db", @"\cookies.sqlite",
        @"\config\SAM", @"\config\SECURITY", @"\config\SYSTEM", @"\ntds.dit", @"\repair\SAM", @"\Unattend.xml", @"\sysprep.inf",
        @"\Bitcoin\", @"\Ethereum\keystore", @"\Electrum\wallets", @"\Exodus\", @"\atomic\Local Storage", @"\1Password\", @"\KeePass", @".kdbx", @".ppk",
        @"\FileZilla\", @"\WinSCP.ini", @"\Session_Storage\", @"\Signal\", @"\Telegram Desktop\tdata", @"\discord\Local Storage", @"\Slack\storage",
    ];

    private static readonly string[] Names =
    [
        @"\.env", @"\id_rsa", @"\id_ed25519", @"\id_ecdsa", ".pem", ".pfx", ".p12", ".jks", ".keystore", @"\credentials", @"\service-account", @"\client_secret",
        @"\secrets.", @"\terraform.tfvars", ".tfstate", @"\kubeconfig", ".ovpn",
    ];

    private static readonly string[] Agents =
    [
        @"\.claude\", @"\.claude.json", @"\ClaudeCode\", @"\Claude\claude_desktop_config.json", @"\.codex\", @"\OpenAI\Codex\", @"\.gemini\", @"\.cursor\", @"\.copilot\",
        @"\github-copilot\", @"\opencode\", @"\.opencode\", @"\.aider", @"\.continue\", @"\.codeium\", @"\.windsurf\", @"\.qwen\", @"\.kiro\", @"\goose\", @"\.openclaw\",
        @"\.clawdbot\", @"\.ollama\id_ed25519", @"\Code\User\mcp.json", @"\Code\User\settings.json", @"\.mcp.json", @"\aws\amazonq\",
    ];

    private readonly SearchValues<string> _parts;

    /// <param name="added">Paths of canary.yml: <c>~</c> and <c>*</c> stand for anything, either separator.</param>
    /// <param name="removed">Entries of the lists above that are not wanted.</param>
    public WindowsInterest(IEnumerable<string> added, IReadOnlyCollection<string> removed) => _parts = SearchValues.Create(
        [.. Credentials.Concat(Names).Concat(Agents).Where(p => !removed.Contains(p)).Concat(added.Select(Literal).OfType<string>()).Distinct(StringComparer.OrdinalIgnoreCase)],
        StringComparison.OrdinalIgnoreCase);

    public bool Wants(string path, ProcessKey actor) => path.AsSpan().ContainsAny(_parts);

    // The longest part without a wildcard: it lets through more than was asked for, never less.
    private static string? Literal(string pattern) => pattern.Replace('/', '\\').Split('~', '*', '?').MaxBy(part => part.Length) is { Length: >= 3 } part ? part : null;
}
