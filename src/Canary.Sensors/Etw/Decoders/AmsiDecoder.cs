using System.Runtime.InteropServices;
using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Event 1101 of Microsoft-Antimalware-Scan-Interface: what a host gave to be scanned before it runs it.
/// Layout: jdu2600/Windows10EtwEvents, manifest/Microsoft-Antimalware-Scan-Interface.tsv; the length of content is contentsize, that of
/// hash is not in the table and not needed.
/// <code>
/// 1101  ptr session, u8 scanStatus, u32 scanResult, wide appname, wide contentname, u32 contentsize, u32 originalsize, bytes content, … (not read)
/// </code>
/// </summary>
internal sealed class AmsiDecoder : IEtwDecoder
{
    private const ushort Scan = 1101;
    private const byte Newest = 0;

    public EtwProvider Provider => EtwProvider.Amsi;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        if (header.Id != Scan)
            return EtwOutcome.NotOurs;
        var reader = new PayloadReader(record);
        reader.SkipPointers(1);
        reader.Skip(5);
        string host = reader.Text(), name = reader.Text();
        uint size = reader.U32(), whole = reader.U32();
        var content = reader.Bytes(size);
        if (reader.Failed)
            return reader.Outcome(header.Version, Newest);
        string? text = TextOf(content);
        bool partial = text is null || whole > size || reader.Cut;
        into.Add(new ScriptRun(header.AtNs, state.Actor(header), ScriptSource.Amsi, text ?? "", host, name.Length == 0 ? null : name, null, partial));
        return EtwOutcome.Taken;
    }

    // Script hosts give UTF-16; .NET gives assemblies. Null for what is no text.
    private static string? TextOf(ReadOnlySpan<byte> content)
    {
        bool lossy = false;
        if (content.IsEmpty)
            return "";
        if (content.Length % 2 == 0)
        {
            var wide = MemoryMarshal.Cast<byte, char>(content).TrimEnd('\0');
            string text = EtwText.Of(wide, ref lossy);
            if (!lossy && !wide.Contains('\0') && IsMostlyText(wide))
                return text;
        }

        return System.Text.Unicode.Utf8.IsValid(content) && content.IndexOfAnyInRange((byte)0, (byte)8) < 0
            ? System.Text.Encoding.UTF8.GetString(content) : null;
    }

    // Bytes of ASCII taken two by two are letters of scripts that nearly no program is written in.
    private static bool IsMostlyText(ReadOnlySpan<char> text)
    {
        int seen = Math.Min(text.Length, 256), ascii = 0;
        foreach (char c in text[..seen])
            ascii += c is >= ' ' and < '\x7f' or '\t' or '\r' or '\n' ? 1 : 0;
        return ascii * 4 >= seen;
    }
}
