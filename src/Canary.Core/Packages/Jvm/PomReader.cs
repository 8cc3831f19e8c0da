using Canary.Packages.Xml;

namespace Canary.Packages.Jvm;

/// <summary>
/// Maven's <c>pom.xml</c>: dependencies, managed ones, plugins with theirs, extensions, and the parent, all profiles among them
/// (https://maven.apache.org/pom.html).
/// </summary>
public sealed class PomReader : IPackageFileReader
{
    private const string Plugins = "org.apache.maven.plugins";

    public string Format => "Maven pom.xml";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "pom.xml";

    public void Read(SourceFile file, Inventory into)
    {
        var root = XmlFile.Read(file);
        if (!root.Is("project"))
            throw new UnreadableFileException(root.Line, "its root is not 'project'");
        var reading = new Reading(file, new PomModel(file, root), into);
        reading.Parent(root);
        reading.Walk(root, isManaged: false, isBuild: false);
    }

    private sealed class Reading(SourceFile file, PomModel model, Inventory into)
    {
        public void Parent(XmlPart root)
        {
            // One that lies in the tree is a member of the project, no package.
            if (!model.HasLocalParent && root.Child("parent") is { } parent)
                Add(parent, isManaged: false, isBuild: false);
        }

        public void Walk(XmlPart within, bool isManaged, bool isBuild)
        {
            foreach (var part in within.Children)
            {
                bool isPlugin = part.Is("plugin") || part.Is("extension");
                // The two lists of artifacts that plugins know by their configuration: processors run in the compiler.
                if (part.Is("dependency") || isPlugin || part.Is("annotationProcessorPath") || part.Is("artifactItem") || (part.Is("path") && within.Is("annotationProcessorPaths")))
                    Add(part, isManaged, isBuild || !part.Is("dependency"));
                if (!part.Is("exclusions") && !part.Is("properties"))
                    Walk(part, isManaged || part.Is("dependencyManagement") || part.Is("pluginManagement"), isBuild || isPlugin);
            }
        }

        private void Add(XmlPart part, bool isManaged, bool isBuild)
        {
            if (part.Child("artifactId") is null && !part.Is("dependency"))
                return;
            if (model.Name(part, part.Is("plugin") ? Plugins : null) is not { } name)
            {
                into.Unread(file.Path, part.Line, $"the name of a {part.Name} is missing or made of properties from elsewhere");
                return;
            }

            var managed = part.Is("dependency") && !isManaged && !isBuild ? model.Managed(name) : null;
            string? written = part.TextOf("version") ?? managed?.TextOf("version"), asked = model.Resolve(written), scope = part.TextOf("scope") ?? managed?.TextOf("scope");
            string? path = scope is "system" ? model.Resolve(part.TextOf("systemPath")) : null;
            bool isSibling = part.TextOf("groupId") is "${project.groupId}" or "${pom.groupId}" && written is "${project.version}" or "${pom.version}";
            into.Add(new PackageEntry(Ecosystem.Maven, name, Exact(asked), file.Path, part.Line)
            {
                Requested = asked ?? written,
                Direct = isManaged && scope is not "import" ? null : true,
                Dev = isBuild || scope is "test",
                Origin = isSibling || scope is "system" ? PackageOrigin.Local : PackageOrigin.Registry,
                Resolved = path,
            });
        }

        /// <summary>Maven takes the version that the nearest pom names; a range in brackets it chooses from.</summary>
        private static string? Exact(string? asked)
        {
            if (asked is ['[', .. var inner, ']'] && !inner.Contains(',', StringComparison.Ordinal))
                return inner.Trim();
            return asked is null or "LATEST" or "RELEASE" || asked.AsSpan().ContainsAny("[](),") ? null : asked;
        }
    }
}
