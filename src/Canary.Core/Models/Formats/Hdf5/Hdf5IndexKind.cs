namespace Canary.Models.Formats.Hdf5;

/// <summary>How chunks are found, by the numbers of layout version 4; the old B-tree has none there.</summary>
internal enum Hdf5IndexKind
{
    Tree = 0,
    Single = 1,
    Implicit = 2,
    FixedArray = 3,
    ExtensibleArray = 4,
    NewTree = 5,
}
