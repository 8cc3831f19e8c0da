namespace Canary.EndToEnd.Support;

/// <summary>
/// A small world of its own for one test: a home with a fake secret, a project directory, Canary's state and configuration. It lies under
/// /home, as real homes do, because rules may well judge a program by the directory that it runs from.
/// </summary>
internal sealed class World : IDisposable
{
    public const string AccessKey = "AKIAIOSFODNN7EXAMPLE";

    public World()
    {
        Directory.CreateDirectory("/home");
        Root = Directory.CreateTempSubdirectory("canary-e2e-").FullName;
        Home = Path.Combine("/home", Path.GetFileName(Root));
        Work = Path.Combine(Home, "src", "project");
        State = Path.Combine(Root, "state");
        Config = Path.Combine(Root, "canary.yml");
        Directory.CreateDirectory(Work);
        Directory.CreateDirectory(Path.GetDirectoryName(Secret)!);
        File.WriteAllText(Secret, $"[default]\naws_access_key_id = {AccessKey}\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n");
        File.SetUnixFileMode(Secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>What Canary and the test need, out of the agent's sight.</summary>
    public string Root { get; }

    /// <summary>The agent's HOME.</summary>
    public string Home { get; }

    /// <summary>The agent's working directory.</summary>
    public string Work { get; }

    public string State { get; }

    public string Config { get; }

    public string Secret => Path.Combine(Home, ".aws", "credentials");

    /// <summary>A path inside the project, its directory made.</summary>
    public string InWork(string relative)
    {
        var path = Path.Combine(Work, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        Directory.Delete(Home, recursive: true);
    }
}
