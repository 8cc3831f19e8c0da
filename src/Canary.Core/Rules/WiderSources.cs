namespace Canary.Rules;

/// <summary>Categories and services of Sigma's taxonomy that take in others: an event has its narrowest name, a rule may use the wider one.</summary>
internal static class WiderSources
{
    public static bool Takes(string wider, string narrower) => wider switch
    {
        "registry_event" => narrower is "registry_add" or "registry_delete" or "registry_set" or "registry_rename",
        // auth.log is what sshd and sudo write to, and syslog is what all of them do.
        "auth" => narrower is "sshd" or "sudo",
        "syslog" => narrower is "auth" or "sshd" or "sudo" or "cron" or "clamav" or "vsftpd" or "guacamole",
        _ => false,
    };
}
