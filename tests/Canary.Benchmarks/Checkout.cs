namespace Canary.Benchmarks;

internal static class Checkout
{
    /// <summary>The directory that holds the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Canary.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("benchmarks run from a checkout");
    }
}
