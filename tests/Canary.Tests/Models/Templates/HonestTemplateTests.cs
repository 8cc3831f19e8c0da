using System.Text;
using Canary.Tests.Models.Support;
using Xunit;

namespace Canary.Tests.Models.Templates;

public sealed class HonestTemplateTests
{
    public static TheoryData<string> Names => HonestTemplates.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void An_honest_template_is_allowed(string name) => Inspections.IsClean(Inspections.Of("chat_template.jinja", Encoding.UTF8.GetBytes(HonestTemplates.Text(name))));

    [Fact]
    public void Its_text_and_hash_are_kept()
    {
        var template = Assert.Single(Inspections.Of("chat_template.jinja", "{{ bos_token }}"u8.ToArray()).Templates);
        Assert.Equal("chat_template.jinja", template.Name);
        Assert.Equal("{{ bos_token }}", template.Text);
        // By sha256sum.
        Assert.Equal("38924663eb3df1cd5aca30e34168f06d9b884a78b5d25426b14f675456a66eec", template.Sha256);
    }
}
