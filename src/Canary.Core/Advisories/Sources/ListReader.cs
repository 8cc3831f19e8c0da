using System.Text;
using Canary.Packages;

namespace Canary.Advisories.Sources;

/// <summary>
/// Plain lists: <c>[ecosystem:]name:version</c> a line, npm where no ecosystem is named, <c>*</c> for every version; or the SHA-256 of a
/// file and its name, as sha256sum prints them. A comment between two lines of equals signs is a heading: its first line names the
/// campaign of what follows, a line <c>id: …</c> in it the advisory.
/// </summary>
internal static class ListReader
{
    private const int DigestLength = 64;

    public static void Read(SourceFile file, SourceTerms terms, Statements into)
    {
        string? heading = null, id = null;
        bool inHeading = false;
        int number = 0;
        foreach (string raw in Encoding.UTF8.GetString(file.Bytes.Span).TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            string line = raw.Trim();
            if (line.StartsWith('#'))
            {
                string comment = line.TrimStart('#').Trim();
                if (comment.StartsWith("========", StringComparison.Ordinal))
                {
                    inHeading = !inHeading;
                    if (inHeading)
                        (heading, id) = (null, null);
                }
                else if (inHeading && heading is null)
                {
                    heading = comment;
                }
                else if (inHeading && comment.StartsWith("id:", StringComparison.Ordinal))
                {
                    id = comment[3..].Trim();
                }

                continue;
            }

            inHeading = false;
            if (line.Length > 0)
                Entry(line, number, file, heading, id, terms, into);
        }
    }

    private static void Entry(string line, int number, SourceFile file, string? heading, string? id, SourceTerms terms, Statements into)
    {
        string? presumed = heading is null ? null : terms.Presumed.GetValueOrDefault(heading);
        string? campaign = presumed ?? (heading is null ? terms.Campaign : terms.Campaigns.GetValueOrDefault(heading, heading));
        if (line.Length > DigestLength && line[DigestLength] == ' ' && SourceTerms.IsDigest(line.AsSpan(0, DigestLength)))
        {
            into.Add(new PayloadStatement(line[..DigestLength].ToLowerInvariant(), campaign ?? terms.Name, line[DigestLength..].Trim(' ', '*')));
            return;
        }

        int colon = line.LastIndexOf(':');
        string name = colon < 0 ? line : line[..colon], version = colon < 0 ? "" : line[(colon + 1)..], ecosystem = Ecosystem.Npm;
        int prefix = name.IndexOf(':');
        if (prefix > 0)
        {
            if (!PackageNames.IsEcosystem(name[..prefix]))
            {
                into.Fault(file.Path, number, $"unknown ecosystem '{name[..prefix]}'; a line is [ecosystem:]name:version");
                return;
            }

            ecosystem = PackageNames.EcosystemOf(name[..prefix]);
            name = name[(prefix + 1)..];
        }

        if (!SourceTerms.IsWord(name) || !SourceTerms.IsWord(version))
        {
            into.Fault(file.Path, number, "no package and version; a line is [ecosystem:]name:version");
            return;
        }

        into.Add(new AdvisoryStatement(ecosystem, name, [terms.Name])
        {
            Versions = version == "*" ? [] : [version],
            EveryVersion = version == "*",
            Id = id,
            Campaign = campaign,
            CampaignIsPresumed = presumed is not null,
        });
    }
}
