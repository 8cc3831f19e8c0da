using Canary.Advisories;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Advisories;

public sealed class BuiltInSourcesTests
{
    [Fact]
    public void The_built_in_index_is_what_the_sources_of_the_checkout_make()
    {
        var sources = IndexSources.Read([Checkout.At("src/Canary.Core/Advisories/Known")]);
        byte[] made = sources.Index(sources.Built!.Value, sources.Built.Value.ToUnixTimeSeconds());
        string committed = Checkout.At("src/Canary.Core/Advisories/built-in.index");
        if (Environment.GetEnvironmentVariable("CANARY_BLESS") == "1")
            File.WriteAllBytes(committed, made);
        Assert.True(made.AsSpan().SequenceEqual(File.ReadAllBytes(committed)), "make it anew: ./dev db build src/Canary.Core/Advisories/Known -o src/Canary.Core/Advisories/built-in.index");
        Assert.Equal(0, sources.Faults);
        // Domains, addresses and paths of indicator lists, and one rule about tags that no range can say.
        Assert.Equal(14, sources.Unsupported);
    }
}
