namespace Canary.Packages;

/// <summary>A file of a known kind that is not what its name says.</summary>
/// <param name="line">From 1; 0 for the file as a whole.</param>
public sealed class UnreadableFileException(int line, string reason) : Exception(reason)
{
    public int Line { get; } = line;
}
