namespace Canary.Kernel.Tests.Ebpf;

/// <summary>A folder of its own, gone when the test is.</summary>
internal sealed class Folder : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public string Path { get; } = Directory.CreateTempSubdirectory("canary-").FullName;

    public string Script(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, Executable);
        return path;
    }

    public string CopyOf(string program, string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.Copy(program, path);
        File.SetUnixFileMode(path, Executable);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
