using Canary.Packages;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Packages;

public sealed class ReaderListTests
{
    [Fact]
    public void Every_reader_is_in_the_list_once()
    {
        var written = typeof(IPackageFileReader).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(IPackageFileReader)));
        Assert.Equal(written.Select(t => t.Name).Order(StringComparer.Ordinal), PackageFileReaders.All.Select(r => r.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_names_every_format()
    {
        string page = File.ReadAllText(Checkout.At("docs/packages.md"));
        Assert.All(PackageFileReaders.All, reader => Assert.Contains(reader.Format, page, StringComparison.Ordinal));
    }
}
