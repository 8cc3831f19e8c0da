using Xunit;

namespace Canary.Tests.Support;

/// <summary>
/// Text that is ours to keep: compared with the file of its name in <c>tests/Canary.Tests/Golden</c>. <c>CANARY_BLESS=1</c> rewrites
/// the file, for a reader of the diff to judge.
/// </summary>
internal static class Golden
{
    public static void Holds(string name, string actual)
    {
        string file = Checkout.At(Path.Combine("tests", "Canary.Tests", "Golden", name));
        if (Environment.GetEnvironmentVariable("CANARY_BLESS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"{file} is missing; CANARY_BLESS=1 writes it");
        Assert.Equal(File.ReadAllText(file), actual);
    }
}
