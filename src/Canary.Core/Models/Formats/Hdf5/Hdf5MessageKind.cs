namespace Canary.Models.Formats.Hdf5;

/// <summary>The kinds of messages, by their numbers.</summary>
internal enum Hdf5MessageKind
{
    Nil = 0,
    Dataspace = 1,
    LinkInfo = 2,
    Datatype = 3,
    OldFillValue = 4,
    FillValue = 5,
    Link = 6,
    ExternalFiles = 7,
    Layout = 8,
    GroupInfo = 10,
    Filters = 11,
    Attribute = 12,
    Comment = 13,
    OldModified = 14,
    SharedTable = 15,
    Continuation = 16,
    SymbolTable = 17,
    Modified = 18,
    TreeWidths = 19,
    Driver = 20,
    AttributeInfo = 21,
    References = 22,
    FileSpace = 23,
    CacheImage = 24,
}
