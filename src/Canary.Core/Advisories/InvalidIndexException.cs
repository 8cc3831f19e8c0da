namespace Canary.Advisories;

/// <summary>A file is no index that may be believed; the message says why, in words for its user.</summary>
public sealed class InvalidIndexException(string message) : Exception(message);
