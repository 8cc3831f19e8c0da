namespace Canary.Models.Signing;

/// <summary>A signature, or a key to check or make one, that cannot be used. The message is for people; text of the file in it is hostile.</summary>
public sealed class SignatureException(string message) : Exception(message);
