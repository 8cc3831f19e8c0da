using System.Diagnostics;
using Canary.Names;
using Canary.Packages;
using Xunit;

namespace Canary.Tests.Names;

public sealed class LikeNamesTests
{
    private readonly LikeNames _like = new();

    [Theory]
    [InlineData(Ecosystem.PyPI, "reqeusts", LikenessKind.Swapped, "requests")]
    [InlineData(Ecosystem.Npm, "electorn", LikenessKind.Swapped, "electron")]
    [InlineData(Ecosystem.PyPI, "requuests", LikenessKind.Doubled, "requests")]
    [InlineData(Ecosystem.PyPI, "jeIlyfish", LikenessKind.LookAlike, "jellyfish")]
    [InlineData(Ecosystem.Npm, "1odash", LikenessKind.LookAlike, "lodash")]
    [InlineData(Ecosystem.Npm, "cornmander", LikenessKind.LookAlike, "commander")]
    [InlineData(Ecosystem.Npm, "typescropt", LikenessKind.KeyboardNeighbour, "typescript")]
    [InlineData(Ecosystem.PyPI, "beautifulsop4", LikenessKind.Omitted, "beautifulsoup4")]
    [InlineData(Ecosystem.PyPI, "tensorfklow", LikenessKind.Added, "tensorflow")]
    [InlineData(Ecosystem.PyPI, "cryptogrephy", LikenessKind.Replaced, "cryptography")]
    [InlineData(Ecosystem.Npm, "types-node", LikenessKind.Scope, "@types/node")]
    [InlineData(Ecosystem.Npm, "@types-node", LikenessKind.Scope, "@types/node")]
    [InlineData(Ecosystem.Crates, "rust-decimla", LikenessKind.Swapped, "rust_decimal")]
    [InlineData(Ecosystem.NuGet, "Newtonsotf.Json", LikenessKind.Swapped, "Newtonsoft.Json")]
    [InlineData(Ecosystem.Npm, "@bable/core", LikenessKind.Swapped, "@babel/core")]
    public void What_honest_names_are_not_is_likely(string ecosystem, string name, LikenessKind kind, string target)
    {
        var like = _like.Find(ecosystem, name);
        Assert.Equal((kind, LikenessStrength.Likely, target), (like?.Kind, like?.Strength, like?.Target));
    }

    // Names of malicious packages of the past, but that honest ones are so named, too.
    [Theory]
    [InlineData(Ecosystem.Npm, "crossenv", LikenessKind.Separator, "cross-env")]
    [InlineData(Ecosystem.Npm, "cross-env.js", LikenessKind.Affix, "cross-env")]
    [InlineData(Ecosystem.Npm, "nodemailer-js", LikenessKind.Affix, "nodemailer")]
    [InlineData(Ecosystem.NuGet, "StripeApi.Net", LikenessKind.Affix, "Stripe.net")]
    [InlineData(Ecosystem.NuGet, "avalonedit.net", LikenessKind.Affix, "AvalonEdit")]
    [InlineData(Ecosystem.Crates, "rustdecimal", LikenessKind.Separator, "rust_decimal")]
    [InlineData(Ecosystem.PyPI, "colourama", LikenessKind.Added, "colorama")]
    [InlineData(Ecosystem.PyPI, "python3-dateutil", LikenessKind.Added, "python-dateutil")]
    [InlineData(Ecosystem.PyPI, "langchan", LikenessKind.Omitted, "langchain")]
    [InlineData(Ecosystem.PyPI, "dateutil-python", LikenessKind.Permuted, "python-dateutil")]
    [InlineData(Ecosystem.Npm, "lodashs", LikenessKind.Added, "lodash")]
    public void What_honest_names_may_be_is_weak(string ecosystem, string name, LikenessKind kind, string target)
    {
        var like = _like.Find(ecosystem, name);
        Assert.Equal((kind, LikenessStrength.Weak, target), (like?.Kind, like?.Strength, like?.Target));
    }

    [Theory]
    [InlineData(Ecosystem.Npm, "react")]
    [InlineData(Ecosystem.Npm, "preact")]
    [InlineData(Ecosystem.Npm, "vuex")]
    [InlineData(Ecosystem.Npm, "lodash-es")]
    [InlineData(Ecosystem.Npm, "expresso")]
    [InlineData(Ecosystem.Npm, "@types/nodes")]
    [InlineData(Ecosystem.Npm, "@mine/lodash")]
    [InlineData(Ecosystem.Npm, "left-pad-of-our-house")]
    [InlineData(Ecosystem.Npm, "deug")]
    [InlineData(Ecosystem.PyPI, "Typing.Extensions")]
    [InlineData(Ecosystem.PyPI, "nvidia-cublas-cu13")]
    [InlineData(Ecosystem.NuGet, "newtonsoft.json")]
    [InlineData(Ecosystem.NuGet, "System.Text.Jsno")]
    [InlineData(Ecosystem.NuGet, "Canary.Core")]
    [InlineData(Ecosystem.Crates, "serde-json")]
    [InlineData(Ecosystem.Go, "github.com/sirupsen/logrsu")]
    [InlineData(Ecosystem.Npm, "")]
    public void Popular_names_and_names_of_their_own_are_quiet(string ecosystem, string name) => Assert.Null(_like.Find(ecosystem, name));

    [Fact]
    public void A_folder_may_have_any_name()
    {
        var entry = new PackageEntry(Ecosystem.Npm, "electorn", "1.0.0", "package-lock.json", 3);
        Assert.NotNull(_like.Find(entry));
        Assert.Null(_like.Find(entry with { Origin = PackageOrigin.Local }));
    }

    [Theory]
    [InlineData("Anotar.S\u0435ril\u043Eg.Fody", "Anotar.Serilog.Fody")]
    [InlineData("N\u0435wtonsoft.Json", "Newtonsoft.Json")]
    [InlineData("S\u0435rilog\u200B", "Serilog")]
    [InlineData("\uFF33erilog", "Serilog")]
    [InlineData("\U0001D412erilog", "Serilog")]
    [InlineData("M\u03BFq.\u0391nything", null)]
    [InlineData("Po\u217C\u217Cy.Core", "Polly.Core")]
    public void A_letter_of_another_script_is_certain_and_says_whom_it_imitates(string name, string? target)
    {
        var like = _like.Find(Ecosystem.NuGet, name);
        Assert.Equal((LikenessKind.UnicodeConfusable, LikenessStrength.Certain, target), (like?.Kind, like?.Strength, like?.Target));
        Assert.DoesNotContain('\u200B', like!.Why);
    }

    [Theory]
    [InlineData("Serilog\u200B")]
    [InlineData("Seri\u00ADlog")]
    [InlineData("Seri\u202Elog")]
    public void A_character_that_is_not_seen_is_certain(string name) =>
        Assert.Equal((LikenessKind.HiddenCharacter, LikenessStrength.Certain, "Serilog"), _like.Find(Ecosystem.NuGet, name) is { } like ? (like.Kind, like.Strength, like.Target) : default);

    // Russian, French, Japanese with its own width, Greek: words that are what they say.
    [Theory]
    [InlineData("\u0411\u0438\u0431\u043B\u0438\u043E\u0442\u0435\u043A\u0430")]
    [InlineData("G\u00E9n\u00E9rateur.Outils")]
    [InlineData("\u30C6\u30B9\u30C8.Api")]
    [InlineData("\u03A6\u03CC\u03C1\u03BC\u03B1.Core")]
    [InlineData("Firma.M\u00FCller")]
    public void A_name_in_its_own_script_is_quiet(string name) => Assert.Null(_like.Find(Ecosystem.NuGet, name));

    [Fact]
    public void Names_of_any_length_and_content_end()
    {
        Assert.Null(_like.Find(Ecosystem.Npm, new string('a', 100_000)));
        Assert.Null(_like.Find(Ecosystem.PyPI, new string('-', 128)));
        Assert.Equal(LikenessStrength.Certain, _like.Find(Ecosystem.NuGet, new string('\u0430', 100_000))!.Strength);
        Assert.Null(_like.Find(Ecosystem.NuGet, "\uD800lone"));
    }

    [Fact]
    public void Five_thousand_names_cost_little()
    {
        string[] names = [.. PopularTableTests.List(Ecosystem.Npm).Take(5000).Select((n, i) => i % 2 == 0 ? n : n + "x" + i)];
        _like.Find(Ecosystem.Npm, "warm");
        var watch = Stopwatch.StartNew();
        foreach (string name in names)
            _like.Find(Ecosystem.Npm, name);
        // Some 6 ms on two cores; what is quadratic would take seconds.
        Assert.InRange(watch.ElapsedMilliseconds, 0, 500);
    }
}
