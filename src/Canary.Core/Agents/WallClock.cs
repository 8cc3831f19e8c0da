using Canary.Events;

namespace Canary.Agents;

/// <summary>Turns boot time into wall time. The offset is taken anew by <see cref="Refresh"/>, so that a set clock or a suspend shifts no later event.</summary>
public sealed class WallClock(IBootClock boot, TimeProvider time)
{
    private DateTimeOffset _bootedAt = time.GetUtcNow() - TimeSpan.FromTicks(boot.NowNs() / 100);

    public long BootNs => boot.NowNs();

    public void Refresh() => _bootedAt = time.GetUtcNow() - TimeSpan.FromTicks(boot.NowNs() / 100);

    public DateTimeOffset At(long bootNs) => _bootedAt + TimeSpan.FromTicks(bootNs / 100);
}
