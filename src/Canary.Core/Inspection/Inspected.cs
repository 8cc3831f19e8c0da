using Canary.Advisories;
using Canary.Findings;

namespace Canary.Inspection;

/// <summary>What an inspection of files found.</summary>
/// <param name="Findings">Of rules, in no order.</param>
/// <param name="Payloads">Files whose content is known from an attack.</param>
/// <param name="Unread">Files that could not be read, with the reason.</param>
/// <param name="Partial">Files of which only the beginning was searched.</param>
/// <param name="Files">Files that were read.</param>
/// <param name="Bytes">Read in all.</param>
public sealed record Inspected(
    IReadOnlyList<Finding> Findings, IReadOnlyList<PayloadHit> Payloads, IReadOnlyList<(string Path, string Reason)> Unread,
    IReadOnlyList<string> Partial, int Files, long Bytes);

/// <summary>A file that is, byte for byte, what a known attack leaves.</summary>
public sealed record PayloadHit(PackageFolder Folder, string Path, string Sha256, KnownPayload Payload);
