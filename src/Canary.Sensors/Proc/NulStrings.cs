namespace Canary.Sensors.Proc;

/// <summary>Argument lists as the kernel keeps them: strings that end in a NUL each.</summary>
internal static class NulStrings
{
    public delegate string Decoder(ReadOnlySpan<byte> bytes, ref bool lossy);

    /// <summary>The strings in their order, empty ones kept.</summary>
    public static string[] Split(ReadOnlySpan<byte> bytes, Decoder decode, ref bool lossy)
    {
        if (bytes.IsEmpty)
            return [];
        if (bytes[^1] == 0)
            bytes = bytes[..^1];
        var strings = new string[bytes.Count((byte)0) + 1];
        for (int i = 0; i < strings.Length; i++)
        {
            int length = bytes.IndexOf((byte)0);
            strings[i] = decode(length < 0 ? bytes : bytes[..length], ref lossy);
            bytes = length < 0 ? default : bytes[(length + 1)..];
        }

        return strings;
    }
}
