using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Canary.Inspection;

/// <summary>What a .NET assembly says of itself without being loaded: whom it calls, and whether it runs when it is loaded.</summary>
public static class AssemblyFacts
{
    private const int MostImports = 4096;

    // Of all that an assembly may name, only what reaches beyond the process interests a rule.
    private static readonly string[] Kept =
    [
        "System.Diagnostics.Process", "System.Net.", "System.IO.File", "System.IO.Directory", "System.Reflection.Assembly", "System.Runtime.Loader.",
        "System.Runtime.InteropServices.", "System.Environment", "Microsoft.Win32.Registry", "System.Management.Automation.", "System.Security.Cryptography.",
        "System.Convert", "System.Random", "System.DateTime", "System.Threading.Thread", "System.AppDomain", "System.Data.",
    ];

    /// <param name="facts">What its bytes said before.</param>
    /// <param name="image">Only its metadata is read.</param>
    public static FileFacts Of(FileFacts facts, Stream image)
    {
        try
        {
            using var pe = new PEReader(image, PEStreamOptions.LeaveOpen);
            if (!pe.HasMetadata)
                return facts;
            var metadata = pe.GetMetadataReader();
            return facts with { ModuleInitializer = HasInitializer(metadata), Imports = Imports(metadata) };
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException or ArgumentException or OverflowException or IndexOutOfRangeException or IOException)
        {
            // Not an assembly that a runtime would load either.
            return facts;
        }
    }

    // C# writes [ModuleInitializer] as the static constructor of <Module>, the first type of every assembly (ECMA-335 II.10.8).
    private static bool HasInitializer(MetadataReader metadata) =>
        metadata.TypeDefinitions.Count > 0
        && metadata.GetTypeDefinition(MetadataTokens.TypeDefinitionHandle(1)).GetMethods().Any(m => metadata.StringComparer.Equals(metadata.GetMethodDefinition(m).Name, ".cctor"));

    private static string[] Imports(MetadataReader metadata)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference)
                continue;
            var type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
            string name = $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
            if (found.Count < MostImports && Kept.Any(k => name.StartsWith(k, StringComparison.Ordinal)))
                found.Add($"{name}::{metadata.GetString(member.Name)}");
        }

        foreach (var handle in metadata.MethodDefinitions)
        {
            var import = metadata.GetMethodDefinition(handle).GetImport();
            if (found.Count < MostImports && !import.Module.IsNil)
                found.Add($"{metadata.GetString(metadata.GetModuleReference(import.Module).Name)}!{metadata.GetString(import.Name)}");
        }

        return [.. found];
    }
}
