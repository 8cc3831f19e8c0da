namespace Canary.Tests.Support;

/// <summary>The checkout that the tests run in.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    /// <summary>An absolute path, from one that starts at the checkout's root.</summary>
    public static string At(string path) => Path.Combine(Root, path);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Canary.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("tests run from a checkout");
    }
}
