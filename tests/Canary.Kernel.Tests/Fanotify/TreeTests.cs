using Canary.Events;
using Xunit;

namespace Canary.Kernel.Tests.Fanotify;

public sealed class TreeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_done_to_files_of_a_tree_is_seen(bool old)
    {
        using var world = new FileWorld(old).Start().WatchTree();
        Assert.Equal(["Create tree/a", "Write tree/a"], world.Seen("echo 1 > tree/a"));
        Assert.Equal(["ChangeAttributes tree/a"], world.Seen("chmod 700 tree/a"));
        Assert.Equal(["Create tree/d"], world.Seen("mkdir tree/d"));
        Assert.Equal(["ChangeAttributes tree/d", "Delete tree/d"], world.Seen("chmod 700 tree/d; rmdir tree/d"));
        Assert.Equal(["Write tree/a"], world.Seen("echo 2 >> tree/a; cat tree/a"));
        Assert.Equal(["Rename tree/a > tree/b"], world.Seen("mv tree/a tree/b"));
        Assert.Equal(["Create tree/c"], world.Seen("ln -s b tree/c"));
        Assert.Equal(["Delete tree/b", "Delete tree/c"], world.Seen("rm tree/b tree/c"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_leaves_the_tree_and_one_that_enters_it_are_seen(bool old)
    {
        using var world = new FileWorld(old).Start().WatchTree();
        world.Act("echo > tree/a; echo > elsewhere/b");
        world.Seen();
        Assert.StartsWith("Rename tree/a", Assert.Single(world.Seen("mv tree/a elsewhere/a")), StringComparison.Ordinal);
        Assert.Equal(["Create tree/b"], world.Seen("mv elsewhere/b tree/b"));
    }

    [Fact]
    public void Directories_made_in_a_hurry_hide_no_file()
    {
        using var world = new FileWorld().Start().WatchTree();
        var seen = world.Seen("mkdir -p tree/a/b/c; echo 1 > tree/a/b/c/f");
        Assert.Equal(["Create tree/a", "Create tree/a/b", "Create tree/a/b/c", "Create tree/a/b/c/f"], seen);
        Assert.Equal(["Create tree/a/b/c/g", "Write tree/a/b/c/g"], world.Seen("echo > tree/a/b/c/g"));
    }

    [Fact]
    public async Task A_file_is_created_once_even_while_its_directory_is_being_scanned()
    {
        using var world = new FileWorld().Start().WatchTree();
        var act = Task.Run(() => world.Act("for i in $(seq 300); do mkdir -p tree/d$i/e; echo > tree/d$i/e/f; done"));
        while (!act.IsCompleted)
            world.Settle();
        await act;
        var created = world.Seen().Where(s => s.StartsWith("Create tree/d", StringComparison.Ordinal)).ToList();
        Assert.Equal(900, created.Distinct().Count());
        Assert.Equal(900, created.Count);
    }

    [Fact]
    public void A_renamed_directory_takes_its_files_along()
    {
        using var world = new FileWorld().Start().WatchTree();
        world.Act("mkdir -p tree/a/b");
        world.Seen();
        Assert.Equal(
            ["Rename tree/a > tree/z", "Create tree/z/b/f", "Write tree/z/b/f"],
            world.Seen("mv tree/a tree/z; echo > tree/z/b/f"));
    }

    [Fact]
    public void A_directory_moved_into_a_tree_is_watched()
    {
        using var world = new FileWorld().Start().WatchTree();
        world.Act("mkdir -p elsewhere/a/b; mv elsewhere/a tree/a");
        Assert.Equal(["Create tree/a"], world.Seen());
        Assert.Equal(["Create tree/a/b/f", "Write tree/a/b/f"], world.Seen("echo > tree/a/b/f"));
    }

    [Fact]
    public void Reading_a_secret_of_the_project_is_seen_and_reading_its_source_is_not()
    {
        using var world = new FileWorld();
        world.Act("mkdir tree/src; echo > tree/src/.env; echo > tree/src/a.c");
        world.Start().WatchTree();
        Assert.Equal(["Open tree/src/.env"], world.Seen("cat tree/src/a.c tree/src/.env"));
        world.Act("echo > tree/b.pem");
        world.Seen();
        Assert.Equal(["Open tree/b.pem"], world.Seen("cat tree/b.pem"));
    }

    [Fact]
    public void A_secret_saved_by_rename_goes_by_its_name_and_one_hidden_by_rename_does_not()
    {
        using var world = new FileWorld().Start().WatchTree();
        world.Act("echo > tree/t.pem");
        world.Seen();
        Assert.Equal(["Rename tree/t.pem > tree/.env", "Open tree/.env"], world.Seen("mv tree/t.pem tree/.env; cat tree/.env"));
        Assert.Equal(["Rename tree/.env > tree/x", "Open tree/.env"], world.Seen("mv tree/.env tree/x; cat tree/x"));
    }

    [Fact]
    public void A_key_linked_into_a_tree_stays_watched_when_the_tree_is_forgotten()
    {
        using var world = new FileWorld();
        world.Act("ln secrets/key tree/a.pem");
        world.Start().WatchTree();
        world.Sensor.ForgetTree(world.Path("tree"));
        world.Settle();
        Assert.Equal(["Open secrets/key"], world.Seen("cat tree/a.pem"));
    }

    [Fact]
    public void A_tree_named_by_a_link_is_watched_by_its_real_path_and_again_after_it_was_made_anew()
    {
        using var world = new FileWorld();
        world.Act("ln -s tree link");
        world.Start().WatchTree("link");
        Assert.Equal(["Create tree/a", "Write tree/a"], world.Seen("echo > tree/a"));
        world.Act("rm -r tree; mkdir tree");
        world.Seen();
        world.WatchTree("link");
        Assert.Equal(["Create tree/b", "Write tree/b"], world.Seen("echo > tree/b"));
    }

    [Fact]
    public void A_forgotten_tree_is_silent_and_its_secrets_too()
    {
        using var world = new FileWorld();
        world.Act("echo > tree/.env");
        world.Start().WatchTree();
        world.Sensor.ForgetTree(world.Path("tree"));
        world.Settle();
        Assert.Empty(world.Seen("echo > tree/f; cat tree/.env"));
        Assert.Equal(["Open secrets/key"], world.Seen("cat secrets/key"));
        world.WatchTree();
        Assert.Equal(["Create tree/g", "Write tree/g"], world.Seen("echo > tree/g"));
    }

    [Fact]
    public void A_tree_inside_a_forgotten_one_stays_watched()
    {
        using var world = new FileWorld();
        world.Act("mkdir tree/in");
        world.Start().WatchTree().WatchTree("tree/in");
        world.Sensor.ForgetTree(world.Path("tree"));
        world.Settle();
        Assert.Equal(["Create tree/in/f", "Write tree/in/f"], world.Seen("echo > tree/in/f; echo > tree/f"));
    }

    [Fact]
    public void A_tree_too_big_is_watched_at_its_top_and_reported()
    {
        using var world = new FileWorld();
        world.Act("mkdir -p tree/a/x tree/b/x tree/c/x");
        world.Start(w => w with { TreeDirectories = 4 }).WatchTree();
        Assert.Equal([new SensorLoss("fanotify", "file-scope", 1)], world.Losses());
        Assert.Equal(["Create tree/a/f", "Write tree/a/f"], world.Seen("echo > tree/a/f; echo > tree/a/x/f"));
    }

    [Fact]
    public void Bulk_is_left_out()
    {
        using var world = new FileWorld();
        world.Act("mkdir -p tree/.git/objects/aa tree/.git/hooks tree/node_modules/p/q/r");
        world.Start().WatchTree();
        Assert.Equal(
            ["Create tree/.git/hooks/f", "Write tree/.git/hooks/f", "Create tree/node_modules/p/f", "Write tree/node_modules/p/f"],
            world.Seen("echo > tree/.git/objects/aa/f; echo > tree/.git/hooks/f; echo > tree/node_modules/p/f; echo > tree/node_modules/p/q/r/f"));
        Assert.Empty(world.Losses());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/tmp")]
    [InlineData("/usr/")]
    [InlineData("/proc/self")]
    public void A_tree_as_wide_as_the_system_is_refused_and_reported_once(string directory)
    {
        using var world = new FileWorld().Start();
        int before = world.Sensor.Marks;
        world.Sensor.WatchTree(directory);
        world.Sensor.WatchTree(directory);
        world.Settle();
        Assert.Equal(before, world.Sensor.Marks);
        Assert.Equal([new SensorLoss("fanotify", "file-scope", 1)], world.Losses());
    }
}
