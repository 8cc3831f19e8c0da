using Canary.Events;
using Xunit;

namespace Canary.Kernel.Tests.Fanotify;

public sealed class SecretTests
{
    [Fact]
    public void A_plain_read_of_a_key_is_seen_with_the_reader()
    {
        using var world = new FileWorld().Start();
        int pid = world.Act("exec cat secrets/key");
        world.Settle();
        var seen = Assert.Single(world.Events);
        Assert.Equal((FileAct.Open, world.Path("secrets/key"), new ProcessKey(pid, 0)), (seen.Act, seen.Path, seen.Actor));
        Assert.True(seen.AtNs > 0);
    }

    [Fact]
    public void A_symlinked_key_is_seen_as_the_key()
    {
        using var world = new FileWorld().Start();
        Assert.Equal(["Open secrets/key"], world.Seen("ln -s ../secrets/key elsewhere/x; cat elsewhere/x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rm secrets/key; ")]
    public void A_key_hard_linked_before_the_start_is_seen_as_the_key(string first)
    {
        using var world = new FileWorld();
        world.Act("ln secrets/key elsewhere/x");
        world.Start();
        Assert.Contains("Open secrets/key", world.Seen(first + "cat elsewhere/x"));
    }

    [Fact]
    public void Linking_a_key_is_seen_even_into_an_unwatched_directory_and_so_is_reading_the_link()
    {
        using var world = new FileWorld().Start();
        Assert.Equal(["Link secrets/key", "Open secrets/key"], world.Seen("ln secrets/key elsewhere/x; cat elsewhere/x"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Linking_a_key_into_a_work_tree_names_the_link(bool old)
    {
        using var world = new FileWorld(old).Start().WatchTree();
        Assert.Equal(["Link secrets/key > tree/x", "Open secrets/key"], world.Seen("ln secrets/key tree/x; cat tree/x"));
    }

    [Fact]
    public void A_key_moved_out_of_its_place_is_still_the_key()
    {
        using var world = new FileWorld().Start();
        Assert.Equal(
            ["Rename secrets/key > elsewhere/x", "Open secrets/key"],
            world.Seen("mv secrets/key elsewhere/x; cat elsewhere/x"));
    }

    [Fact]
    public void A_key_renamed_in_its_place_is_known_by_its_new_name()
    {
        using var world = new FileWorld().Start();
        Assert.Equal(["Rename secrets/key > secrets/old", "Open secrets/old"], world.Seen("mv secrets/key secrets/old; cat secrets/old"));
    }

    [Fact]
    public void A_key_linked_into_another_secret_place_is_still_the_key()
    {
        using var world = new FileWorld();
        world.Act("mkdir agent");
        world.Start(w => w with { Secrets = [w.Secrets[0], world.Path("agent")] });
        Assert.Equal(["Link secrets/key > agent/x", "Open secrets/key"], world.Seen("ln secrets/key agent/x; cat agent/x"));
    }

    [Fact]
    public void A_file_put_over_a_key_is_the_key_from_then_on()
    {
        using var world = new FileWorld().Start();
        world.Act("echo new > elsewhere/n; mv elsewhere/n secrets/key");
        Assert.Equal(["Create secrets/key"], world.Seen());
        Assert.Contains("Open secrets/key", world.Seen("ln secrets/key elsewhere/x; cat elsewhere/x"));
    }

    [Fact]
    public void A_single_watched_file_stays_watched_when_an_editor_saves_over_it()
    {
        using var world = new FileWorld();
        world.Act("echo a > elsewhere/.netrc");
        world.Start(w => w with { Secrets = [world.Path("elsewhere/.netrc")] });
        Assert.Equal(
            ["Rename elsewhere/t > elsewhere/.netrc"],
            world.Seen("echo b > elsewhere/t; mv elsewhere/t elsewhere/.netrc; cat elsewhere/other 2>/dev/null || true"));
        Assert.Equal(["Open elsewhere/.netrc"], world.Seen("cat elsewhere/.netrc"));
    }

    [Fact]
    public void A_single_watched_file_is_known_by_its_path_through_a_link_beside_it()
    {
        using var world = new FileWorld();
        world.Act("echo a > elsewhere/.netrc; ln elsewhere/.netrc elsewhere/x");
        world.Start(w => w with { Secrets = [world.Path("elsewhere/.netrc")] });
        Assert.Equal(["Open elsewhere/.netrc"], world.Seen("cat elsewhere/x"));
    }

    [Fact]
    public void A_watched_path_that_comes_later_is_watched_from_its_coming()
    {
        using var world = new FileWorld().Start(w => w with { Secrets = [w.Secrets[0], .. new[] { "a*/late/b" }.Select(p => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(w.Secrets[0])!, p))] });
        world.Act("mkdir aa");
        world.Settle();
        world.Act("mkdir aa/late; mkdir aa/late/b; echo k > aa/late/b/key");
        Assert.Contains("Create aa/late/b/key", world.Seen());
        Assert.Equal(["Open aa/late/b/key"], world.Seen("cat aa/late/b/key"));
    }

    [Fact]
    public void A_key_read_through_a_bind_mount_is_seen_as_the_key()
    {
        using var world = new FileWorld().Start();
        Assert.Equal(
            ["Open secrets/key"],
            world.Seen("unshare -m sh -c 'mount --bind secrets elsewhere && cat elsewhere/key'"));
    }

    [Fact]
    public void A_changed_mode_is_one_change_and_a_lost_link_none()
    {
        using var world = new FileWorld();
        world.Act("ln secrets/key elsewhere/x");
        world.Start();
        Assert.Equal(["ChangeAttributes secrets/key"], world.Seen("chmod 644 secrets/key; rm elsewhere/x"));
    }

    [Fact]
    public void A_place_of_persistence_reports_writes_and_no_reads()
    {
        using var world = new FileWorld().Start(w => w with { Secrets = [], Changes = w.Secrets });
        Assert.Equal(["Write secrets/key", "Delete secrets/key"], world.Seen("cat secrets/key; echo x >> secrets/key; rm secrets/key"));
    }

    [Fact]
    public void Of_a_temporary_directory_only_names_that_come_and_go_are_told()
    {
        using var world = new FileWorld();
        world.Start(w => w with { Names = [world.Path("elsewhere/*")] });
        int marks = world.Sensor.Marks;
        Assert.Equal(
            ["Create elsewhere/run", "Rename elsewhere/run > elsewhere/ran", "Delete elsewhere/ran"],
            world.Seen("echo > elsewhere/run; cat elsewhere/run; chmod +x elsewhere/run; mv elsewhere/run elsewhere/ran; rm elsewhere/ran"));
        world.Act("mkdir -p elsewhere/d/e; echo > elsewhere/d/f");
        Assert.Equal(["Create elsewhere/d"], world.Seen());
        Assert.Equal(marks, world.Sensor.Marks);
    }

    [Fact]
    public void Listing_a_secret_directory_is_no_open_of_a_file()
    {
        using var world = new FileWorld().Start();
        Assert.Empty(world.Seen("ls -la secrets elsewhere tree"));
    }

    [Fact]
    public void What_Canary_reads_itself_is_not_reported()
    {
        using var world = new FileWorld().Start();
        File.ReadAllText(world.Path("secrets/key"));
        Assert.Empty(world.Seen());
        Assert.Equal(["Open secrets/key"], world.Seen("cat secrets/key"));
    }

    [Fact]
    public void A_name_that_is_no_UTF8_hides_nothing()
    {
        using var world = new FileWorld().Start();
        world.Act("""n=$(printf 'secrets/\377dir'); mkdir "$n" """);
        world.Settle();
        world.Clear();
        world.Act("""n=$(printf 'secrets/\377dir'); echo k > "$n/key" """);
        world.Settle();
        Assert.Contains(world.Events, e => e is { Act: FileAct.Create, Lossy: true } && e.Path == world.Path("secrets/\\xffdir/key"));
    }
}
