using Canary.Config;

namespace Canary.Alerts.Notifiers;

/// <summary>Every notifier that canary.yml asks for. A new one is a file beside this, a line here and a route in <see cref="AlertPolicy"/>.</summary>
public static class NotifierList
{
    public static IReadOnlyList<INotifier> From(CanaryConfig config, TimeProvider time) =>
        config.Email is { } email ? [new Email(email, time)] : [];
}
