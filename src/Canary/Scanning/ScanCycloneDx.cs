using Canary.Packages;

namespace Canary.Scanning;

/// <summary>CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): the bill of materials, with every place where a component was found.</summary>
internal sealed class ScanCycloneDx : IScanFormat
{
    public string Name => "cyclonedx";

    public void Write(TextWriter to, ScanReport report) => JsonDocumentText.Write(to, w =>
    {
        CycloneDxHead.Write(w);
        w.WriteStartArray("components");
        // A range is no component; what a lockfile made of it is.
        foreach (var places in report.Inventory.Packages.Where(p => p.Version is not null).GroupBy(p => p.Purl, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var first = places.First();
            ScanShapes.Object(w, () =>
            {
                w.WriteString("type", "library");
                w.WriteString("bom-ref", places.Key);
                var (group, name) = Parts(first);
                if (group is not null)
                    w.WriteString("group", group);
                w.WriteString("name", name);
                w.WriteString("version", first.Version);
                w.WriteString("scope", places.All(p => p.Dev == true) ? "excluded" : "required");
                w.WriteString("purl", places.Key);
                w.WritePropertyName("evidence");
                ScanShapes.Object(w, () =>
                {
                    w.WriteStartArray("occurrences");
                    foreach (var place in places)
                    {
                        ScanShapes.Object(w, () =>
                        {
                            w.WriteString("location", place.File);
                            if (place.Line > 0)
                                w.WriteNumber("line", place.Line);
                        });
                    }

                    w.WriteEndArray();
                });
            });
        }

        w.WriteEndArray();
    });

    private static (string? Group, string Name) Parts(PackageEntry package)
    {
        int cut = package.Ecosystem switch
        {
            Ecosystem.Npm or Ecosystem.Packagist => package.Name.IndexOf('/'),
            Ecosystem.Maven => package.Name.IndexOf(':'),
            _ => -1,
        };
        return cut <= 0 ? (null, package.Name) : (package.Name[..cut], package.Name[(cut + 1)..]);
    }
}
