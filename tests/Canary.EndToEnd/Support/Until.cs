namespace Canary.EndToEnd.Support;

/// <summary>Waits for what another process will do.</summary>
internal static class Until
{
    public static async Task<T> SomeAsync<T>(Func<T?> look, TimeSpan limit, string what) where T : class
    {
        for (var left = limit; ; left -= TimeSpan.FromMilliseconds(20))
        {
            if (look() is { } found)
                return found;
            if (left <= TimeSpan.Zero)
                throw new TimeoutException($"within {limit.TotalSeconds:0.#} s there was not {what}");
            await Task.Delay(20);
        }
    }

    public static Task TrueAsync(Func<bool> look, TimeSpan limit, string what) => SomeAsync(() => look() ? "" : null, limit, what);
}
