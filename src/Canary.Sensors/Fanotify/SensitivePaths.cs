namespace Canary.Sensors.Fanotify;

/// <summary>The paths watched by default. A path that does not exist is waited for.</summary>
public static class SensitivePaths
{
    public static IReadOnlyList<string> Credentials { get; } =
    [
        "~/.ssh", "~/.gnupg", "~/.password-store", "~/.local/share/keyrings", "~/.vault-token", "~/.config/op",
        "~/.aws", "~/.azure", "~/.config/gcloud", "~/.config/rclone", "~/.boto", "~/.oci", "~/.config/doctl", "~/.config/hcloud", "~/.fly", "~/.kube",
        "~/.docker/config.json", "~/.config/containers/auth.json", "~/.terraform.d/credentials.tfrc.json", "~/.config/heroku",
        "~/.netrc", "~/.pgpass", "~/.my.cnf", "~/.git-credentials", "~/.config/git/credentials", "~/.config/gh", "~/.config/hub",
        "~/.config/glab-cli", "~/.npmrc", "~/.pypirc", "~/.cargo/credentials*", "~/.gem/credentials", "~/.m2/settings*.xml",
        "~/.gradle/gradle.properties", "~/.nuget/NuGet/NuGet.Config", "~/.composer/auth.json", "~/.config/composer/auth.json",
        "~/.cache/huggingface/token", "~/.huggingface/token", "~/.kaggle/kaggle.json", "~/.env",
        "~/.bash_history", "~/.zsh_history", "~/.python_history", "~/.psql_history", "~/.mysql_history",
        .. Browsers(
            "~/.config/google-chrome*", "~/.config/chromium", "~/.config/BraveSoftware/*", "~/.config/microsoft-edge*", "~/.config/vivaldi",
            "~/.config/opera"),
        .. Mozilla("~/.mozilla/firefox", "~/snap/firefox/common/.mozilla/firefox", "~/.thunderbird"),
        "~/.bitcoin/wallet*", "~/.ethereum/keystore", "~/.electrum/wallets", "~/.config/solana", "~/.config/Exodus",
        "/etc/shadow*", "/etc/gshadow*", "/etc/ssh/ssh_host_*_key", "/etc/krb5.keytab", "/etc/kubernetes/admin.conf",
        "/run/secrets", "/var/run/secrets/kubernetes.io/serviceaccount",
    ];

    /// <summary>Configuration, credentials, memory and transcripts of agents.</summary>
    public static IReadOnlyList<string> Agents { get; } =
    [
        "~/.claude", "~/.claude.json", "~/.config/claude", "~/.config/Claude", "~/.codex", "~/.gemini", "~/.cursor", "~/.copilot",
        "~/.config/github-copilot", "~/.config/opencode", "~/.local/share/opencode", "~/.opencode", "~/.aider.conf.yml", "~/.aider*",
        "~/.continue", "~/.codeium", "~/.windsurf", "~/.qwen", "~/.kiro", "~/.config/goose", "~/.clawdbot", "~/.openclaw", "~/.config/amp", "~/.amp",
        "~/.ollama/id_ed25519", "~/.config/Code/User/settings.json", "~/.config/Code/User/mcp.json", "~/.config/zed",
        "/etc/claude-code", "/etc/codex", "/etc/gemini-cli", "/etc/cursor",
    ];

    /// <summary>Where something put today runs tomorrow.</summary>
    public static IReadOnlyList<string> Persistence { get; } =
    [
        "~/.bashrc", "~/.bash_profile", "~/.bash_login", "~/.bash_logout", "~/.bash_aliases", "~/.profile", "~/.xprofile", "~/.xinitrc",
        "~/.zshrc", "~/.zshenv", "~/.zprofile", "~/.zlogin", "~/.zlogout", "~/.kshrc", "~/.config/fish", "~/.config/systemd/user", "~/.local/share/systemd/user",
        "~/.config/autostart", "~/.config/autostart-scripts", "~/.config/plasma-workspace/env", "~/.config/environment.d", "~/.gitconfig", "~/.config/git", "~/.git-templates", "~/.git_template",
        "~/.config/pip", "~/.pip", "~/.yarnrc", "~/.yarnrc.yml", "~/.bunfig.toml", "~/.cargo/config*", "~/.vimrc", "~/.config/nvim",
        "~/.local/bin", "~/.pam_environment", "~/.forward",
        "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly", "/etc/crontab", "/etc/anacrontab",
        "/var/spool/cron", "/var/spool/at", "/etc/systemd/system", "/etc/systemd/user", "/etc/init.d", "/etc/rc.local", "/etc/udev/rules.d",
        "/usr/lib/systemd/system", "/usr/lib/systemd/user", "/run/systemd/system", "/etc/update-motd.d",
        "/etc/profile", "/etc/profile.d", "/etc/bash.bashrc", "/etc/zsh", "/etc/zshrc", "/etc/environment", "/etc/xdg/autostart",
        "/etc/ld.so.preload", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/modules-load.d", "/etc/modprobe.d",
        "/etc/sudoers", "/etc/sudoers.d", "/etc/doas.conf", "/etc/polkit-1/rules.d", "/etc/security", "/etc/passwd", "/etc/group", "/etc/hosts", "/etc/pam.d", "/etc/ssh/sshd_config",
        "/etc/ssh/sshd_config.d", "/etc/ssh/authorized_keys*", "/etc/gitconfig", "/usr/share/git-core/templates/hooks", "/etc/npmrc", "/etc/pip.conf",
        "/etc/apt/apt.conf.d", "/etc/apt/sources.list", "/etc/apt/sources.list.d", "/etc/apt/trusted.gpg.d", "/etc/yum.repos.d",
        .. Python("~/.local/lib/python3*/site-packages", "/usr/lib/python3/dist-packages", "/usr/local/lib/python3*/dist-packages",
            "/usr/lib/python3*/site-packages"),
    ];

    /// <summary>Where what was fetched is put before it runs. The directories' own entries only.</summary>
    public static IReadOnlyList<string> Temporary { get; } = ["/tmp/*", "/var/tmp/*", "/dev/shm/*"];

    public static IReadOnlyList<string> Devices { get; } = ["/dev/nvidia*", "/dev/nvidia-caps/*", "/dev/kfd", "/dev/dri/render*"];

    /// <summary>Names that hold secrets in a project.</summary>
    public static IReadOnlyList<string> SecretNames { get; } =
    [
        ".env", ".env.*", ".envrc", "id_rsa*", "id_ed25519*", "id_ecdsa*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore",
        "*.kdbx", "*.ppk", ".npmrc", ".pypirc", ".netrc", ".git-credentials", ".htpasswd", ".pgpass", "credentials", "credentials.json",
        "service-account*.json", "client_secret*.json", "secrets.yml", "secrets.yaml", "secrets.json", "terraform.tfvars",
        "*.tfstate", "kubeconfig", "*.ovpn", ".vault-token",
    ];

    private static IEnumerable<string> Browsers(params string[] profiles)
    {
        string[] kept = ["*/Login Data*", "*/Cookies", "*/Network/Cookies", "*/Web Data", "Local State"];
        return profiles.SelectMany(p => kept.Select(k => $"{p}/{k}"));
    }

    private static IEnumerable<string> Mozilla(params string[] profiles)
    {
        string[] kept = ["logins.json", "key4.db", "cookies.sqlite"];
        return profiles.SelectMany(p => kept.Select(k => $"{p}/*/{k}"));
    }

    /// <summary>What every Python start runs.</summary>
    private static IEnumerable<string> Python(params string[] packages)
    {
        string[] run = ["*.pth", "sitecustomize.py", "usercustomize.py"];
        return packages.SelectMany(p => run.Select(r => $"{p}/{r}"));
    }
}
