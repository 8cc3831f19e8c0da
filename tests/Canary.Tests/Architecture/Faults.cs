using Xunit;

namespace Canary.Tests.Architecture;

internal static class Faults
{
    /// <summary>Fails with all of them, a line each; xunit's own messages would show the first few.</summary>
    public static void None(IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        if (all.Length > 0)
            Assert.Fail(string.Join('\n', all));
    }
}
