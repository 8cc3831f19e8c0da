namespace Canary.Packages.Npm;

/// <summary><c>yarn.lock</c>: of yarn 1 in a format of its own, of later ones in YAML.</summary>
public sealed class YarnLockReader : IPackageFileReader
{
    public string Format => "yarn.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "yarn.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var bytes = file.Bytes.Span;
        if (bytes.StartsWith("__metadata:"u8) || bytes.IndexOf("\n__metadata:"u8) >= 0)
            YarnBerry.Read(file, into);
        else
            new YarnClassic(file, into).Read();
    }
}
