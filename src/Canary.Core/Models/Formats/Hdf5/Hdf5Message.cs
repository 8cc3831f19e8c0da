namespace Canary.Models.Formats.Hdf5;

/// <summary>One message of an object header: what the object is, piece by piece.</summary>
/// <param name="Shared">The body only says where the message is.</param>
internal readonly record struct Hdf5Message(Hdf5MessageKind Kind, bool Shared, Hdf5Block Body);
