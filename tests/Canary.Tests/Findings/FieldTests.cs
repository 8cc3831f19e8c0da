using System.Reflection;
using Canary.Findings;
using Xunit;

namespace Canary.Tests.Findings;

public sealed class FieldTests
{
    [Fact]
    public void The_numbers_and_the_names_are_one_list()
    {
        var numbers = typeof(Fields).GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(f => (int)f.GetRawConstantValue()!, f => f.Name);
        Assert.Equal(Field.All.Select((name, id) => (id, name)), numbers.OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));
    }

    [Fact]
    public void Every_name_is_found_by_its_number()
    {
        for (int id = 0; id < Field.All.Count; id++)
            Assert.Equal((id, Field.All[id]), (Field.Named(Field.All[id]).Id, Field.Named(Field.All[id]).Name));
    }

    [Fact]
    public void A_name_in_other_case_is_another_name() => Assert.False(Field.Named("image").IsKnown);
}
