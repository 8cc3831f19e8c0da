using System.Runtime.InteropServices;
using System.Xml;

namespace Canary.Packages.Xml;

/// <summary>Reads an XML file whole, with the line of each element. No DTD, no entity but XML's own, nothing else opened; depth and size are bounded.</summary>
public static class XmlFile
{
    private const int MostDepth = 256;
    private const int MostParts = 2_000_000;

    // Of texts with elements between them: none that matters is longer, and each is copied to join the next.
    private const int MostText = 4096;

    /// <summary>The root element. Throws <see cref="UnreadableFileException"/> for what is not XML.</summary>
    public static XmlPart Read(SourceFile file)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true };
        int line = 1;
        try
        {
            using var stream = Stream(file);
            using var reader = XmlReader.Create(stream, settings);
            var lines = (IXmlLineInfo)reader;
            XmlPart? root = null;
            var open = new Stack<XmlPart>();
            int left = MostParts;
            while (reader.Read())
            {
                line = lines.LineNumber;
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        if (open.Count >= MostDepth)
                            throw new UnreadableFileException(line, $"nested deeper than {MostDepth} levels");
                        var part = new XmlPart(reader.LocalName, line);
                        bool isEmpty = reader.IsEmptyElement;
                        Spend(1 + reader.AttributeCount);
                        while (reader.MoveToNextAttribute())
                            part.Add(new XmlMark(reader.LocalName, reader.Value.Trim()));
                        if (open.TryPeek(out var parent))
                            parent.Add(part);
                        root ??= part;
                        if (!isEmpty)
                            open.Push(part);
                        break;
                    case XmlNodeType.EndElement:
                        open.Pop();
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        Spend(1);
                        if (open.Peek() is { Text.Length: < MostText } around)
                            around.Add(reader.Value);
                        break;
                }
            }

            return root ?? throw new UnreadableFileException(1, "the file is empty");

            void Spend(int parts)
            {
                if ((left -= parts) < 0)
                    throw new UnreadableFileException(line, $"more than {MostParts:N0} elements and attributes");
            }
        }
        catch (XmlException e)
        {
            // The library names no line for a DTD, and for nothing else.
            throw new UnreadableFileException(Math.Max(line, e.LineNumber), file.Bytes.IsEmpty ? "the file is empty"
                : e.LineNumber == 0 ? "has a document type definition, which is not read" : "not XML from here on");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or FormatException)
        {
            throw new UnreadableFileException(line, "not XML in an encoding that can be read");
        }
    }

    private static MemoryStream Stream(SourceFile file) => MemoryMarshal.TryGetArray(file.Bytes, out var bytes)
        ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
        : new MemoryStream(file.Bytes.ToArray(), writable: false);
}
