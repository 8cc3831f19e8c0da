namespace Canary.Agents.Portable;

/// <summary>What a program or library of Windows says of itself: its version resource and who signed it. Claims, all of them.</summary>
public sealed record PeFacts
{
    public string? FileVersion { get; init; }
    public string? Description { get; init; }
    public string? Product { get; init; }
    public string? Company { get; init; }
    public string? OriginalFileName { get; init; }

    /// <summary>The file carries a signature of its own. Most files of Windows are signed in a catalogue instead, which only Windows knows.</summary>
    public bool HasSignature { get; init; }

    /// <summary>The name of the signer's certificate; null where there is none or it cannot be read.</summary>
    public string? Signer { get; init; }

    /// <summary>As in Sysmon's events. A signature that is read is not verified: that needs Windows' trust.</summary>
    public string? SignatureStatus => HasSignature ? "Unverified" : null;

    /// <summary>
    /// Null for a file that is no portable executable. Reads a few kilobytes, whatever the file's size; errors of the stream are the
    /// caller's.
    /// </summary>
    /// <param name="file">Can be sought in.</param>
    public static PeFacts? Read(Stream file)
    {
        if (PeImage.Open(file) is not { } image)
            return null;
        var facts = VersionResource.Read(image) is { } version
            ? new PeFacts
            {
                FileVersion = version.GetValueOrDefault("FileVersion"),
                Description = version.GetValueOrDefault("FileDescription"),
                Product = version.GetValueOrDefault("ProductName"),
                Company = version.GetValueOrDefault("CompanyName"),
                OriginalFileName = version.GetValueOrDefault("OriginalFilename"),
            }
            : new PeFacts();
        byte[] signature = Authenticode.Read(image);
        return signature.Length == 0 ? facts : facts with { HasSignature = true, Signer = Authenticode.Signer(signature) };
    }
}
