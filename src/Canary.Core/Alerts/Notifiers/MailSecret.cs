using Canary.Config;

namespace Canary.Alerts.Notifiers;

/// <summary>The mail password, read when it is needed from where canary.yml says it is.</summary>
internal static class MailSecret
{
    public static string Read(EmailConfig config)
    {
        if (config.PasswordEnvironment is { } name)
        {
            return Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value
                : throw new MailSecretException($"environment variable {name} (email.password_env) is not set");
        }

        try
        {
            string text = File.ReadAllText(config.PasswordFile ?? "").TrimEnd('\r', '\n');
            return text.Length > 0 ? text : throw new MailSecretException($"{config.PasswordFile} (email.password_file) is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new MailSecretException($"the password cannot be read (email.password_file): {e.Message}");
        }
    }
}

internal sealed class MailSecretException(string message) : Exception(message);
