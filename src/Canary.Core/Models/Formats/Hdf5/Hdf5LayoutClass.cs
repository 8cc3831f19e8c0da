namespace Canary.Models.Formats.Hdf5;

/// <summary>How the numbers of a dataset are laid out, by the format's numbers.</summary>
internal enum Hdf5LayoutClass
{
    Compact = 0,
    Contiguous = 1,
    Chunked = 2,
    Virtual = 3,
}
