using Canary.Agents;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Agents;

/// <summary>A copied interpreter stays what it is, whatever it is called.</summary>
public sealed class ExecutableIdentityTests
{
    // No process: what is read is the file at the path.
    private const int Nobody = 0;

    [Fact]
    public void A_copy_under_another_name_is_known_by_its_build_id()
    {
        using var directory = new TemporaryDirectory();
        string copy = Path.Combine(directory.Path, "kworker");
        File.Copy("/usr/bin/bash", copy);

        Assert.Equal("bash", ExecutableIdentity.OfPrograms(["/usr/bin"]).OriginalName(Nobody, copy, default));
    }

    [Fact]
    public void A_copy_under_its_own_name_is_nothing_to_tell()
    {
        using var directory = new TemporaryDirectory();
        string copy = Path.Combine(directory.Path, "bash");
        File.Copy("/usr/bin/bash", copy);

        Assert.Null(ExecutableIdentity.OfPrograms(["/usr/bin"]).OriginalName(Nobody, copy, default));
    }

    [Fact]
    public void A_program_of_somebody_else_has_no_other_name()
    {
        using var directory = new TemporaryDirectory();
        string script = Path.Combine(directory.Path, "tool");
        File.WriteAllText(script, "#!/bin/sh\necho hello from a script that is longer than an ELF header is, so that it is read\n");

        Assert.Null(ExecutableIdentity.OfPrograms(["/usr/bin"]).OriginalName(Nobody, script, default));
    }
}
