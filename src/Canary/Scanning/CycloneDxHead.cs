using System.Text.Json;
using Canary.Commands;

namespace Canary.Scanning;

/// <summary>What each bill of materials begins with: CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), made by Canary.</summary>
internal static class CycloneDxHead
{
    /// <param name="timestamp">When what it is of was made; null where the same is to have the same bytes at any time.</param>
    public static void Write(Utf8JsonWriter w, string? timestamp = null)
    {
        w.WriteString("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
        w.WriteString("bomFormat", "CycloneDX");
        w.WriteString("specVersion", "1.6");
        w.WriteNumber("version", 1);
        w.WritePropertyName("metadata");
        ScanShapes.Object(w, () =>
        {
            if (timestamp is not null)
                w.WriteString("timestamp", timestamp);
            w.WritePropertyName("tools");
            ScanShapes.Object(w, () =>
            {
                w.WriteStartArray("components");
                ScanShapes.Object(w, () =>
                {
                    w.WriteString("type", "application");
                    w.WriteString("name", "canary");
                    w.WriteString("version", VersionText.Number);
                });
                w.WriteEndArray();
            });
        });
    }
}
