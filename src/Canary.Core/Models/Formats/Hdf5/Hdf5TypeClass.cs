namespace Canary.Models.Formats.Hdf5;

/// <summary>The classes of datatypes, by their numbers.</summary>
internal enum Hdf5TypeClass
{
    Integer = 0,
    Float = 1,
    Time = 2,
    Text = 3,
    Bits = 4,
    Opaque = 5,
    Compound = 6,
    Reference = 7,
    Enumeration = 8,
    Varying = 9,
    Array = 10,
}
