using Canary.Packages.Json;

namespace Canary.Packages.Npm;

/// <summary><c>deno.lock</c> of version 3 to 5: packages of npm and JSR, and modules by URL (https://docs.rs/deno_lockfile).</summary>
public sealed class DenoLockReader : IPackageFileReader
{
    public string Format => "deno.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "deno.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file);
        string? version = root.Text("version");
        if (version is not ("3" or "4" or "5"))
            into.Unread(file.Path, 1, $"deno.lock: version '{version}' is not known (3, 4 and 5 are); what looks familiar was read");
        var packages = root.Map("packages") ?? root;
        var direct = DirectPackages(root, packages);
        ReadPackages(Ecosystem.Npm, "npm", packages);
        ReadPackages(Ecosystem.Jsr, "jsr", packages);
        ReadModules(file, Part(root, "remote"), into);

        JsonMap? Part(JsonMap of, string name)
        {
            if (of.Find(name) is { } wrong and not JsonMap)
                into.Unread(file.Path, file.LineOf(wrong.Offset), $"deno.lock: '{name}' is not an object");
            return of.Map(name);
        }

        void ReadPackages(string ecosystem, string kind, JsonMap packages)
        {
            foreach (var (offset, key, value) in Part(packages, kind)?.Members ?? [])
            {
                var (name, found) = Specifier.Split(key);
                if (value is not JsonMap package || found.Length == 0)
                {
                    into.Unread(file.Path, file.LineOf(offset), $"deno.lock: an entry of '{kind}' is not name@version with an object");
                    continue;
                }

                string? tarball = package.Text("tarball");
                into.Add(new PackageEntry(ecosystem, name, WithoutPeers(found), file.Path, file.LineOf(offset))
                {
                    Direct = direct?.Contains($"{kind}:{name}@{WithoutPeers(found)}"),
                    Resolved = tarball,
                    Origin = Specifier.OriginOf(tarball),
                    Integrity = package.Text("integrity"),
                    HasInstallScript = package.Truth("scripts"),
                });
            }
        }
    }

    /// <summary>What the project asks for, resolved; null where the lockfile knows of no project.</summary>
    private static HashSet<string>? DirectPackages(JsonMap root, JsonMap packages)
    {
        if (root.Map("workspace") is not { } workspace)
            return null;
        var resolved = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (_, specifier, value) in packages.Map("specifiers")?.Members ?? [])
        {
            // Version 3 repeats the name in the value, later ones have the version alone.
            if (value is JsonText { Text: var to })
                resolved[specifier] = Identity(specifier, to);
        }

        var direct = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in (workspace.Map("members")?.Members.Select(m => m.Value) ?? []).Append(workspace).OfType<JsonMap>())
        {
            foreach (var list in new[] { member, member.Map("packageJson") }.Select(m => m?.List("dependencies")))
            {
                foreach (var asked in (list?.Items ?? []).OfType<JsonText>())
                {
                    if (resolved.TryGetValue(asked.Text, out string? to))
                        direct.Add(to);
                }
            }
        }

        return direct;
    }

    /// <summary>Modules of deno.land/x and its standard library are packages with a version; others are themselves one each.</summary>
    private static void ReadModules(SourceFile file, JsonMap? modules, Inventory into)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (offset, url, value) in modules?.Members ?? [])
        {
            string? path = url.StartsWith("https://deno.land/", StringComparison.Ordinal) ? url["https://deno.land/".Length..] : null;
            string[] parts = path?.Split('/') ?? [];
            string package = parts is ["x", var module, _, ..] ? $"x/{module}" : parts is [var standard, _, ..] && standard.StartsWith("std@", StringComparison.Ordinal) ? standard : "";
            var (name, version) = Specifier.Split(package);
            bool isPackage = version.Length > 0;
            if (isPackage && !seen.Add(package))
                continue;
            into.Add(new PackageEntry(Ecosystem.Deno, isPackage ? "deno.land/" + name : url.Split("://", 2)[^1], isPackage ? version : null, file.Path, file.LineOf(offset))
            {
                Origin = PackageOrigin.Url,
                Resolved = isPackage ? $"https://deno.land/{package}" : url,
                Integrity = isPackage ? null : (value as JsonText)?.Text,
            });
        }
    }

    private static string Identity(string specifier, string resolved)
    {
        int colon = specifier.IndexOf(':', StringComparison.Ordinal) + 1, prefix = resolved.IndexOf(':', StringComparison.Ordinal) + 1;
        var (name, version) = prefix > 0 ? Specifier.Split(resolved[prefix..]) : (Specifier.Split(specifier[colon..].TrimStart('/')).Name, resolved);
        return $"{specifier[..colon]}{name}@{WithoutPeers(version)}";
    }

    private static string WithoutPeers(string version) => version.Split('_', 2)[0];
}
