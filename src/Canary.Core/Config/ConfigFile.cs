using System.Text;
using Canary.Yaml;

namespace Canary.Config;

/// <summary>Finds and reads canary.yml.</summary>
internal static class ConfigFile
{
    public static CanaryConfig Load(ConfigLocation location, Diagnostics diagnostics)
    {
        if (location.Named is { } named)
            return Named(named, diagnostics);
        var passedOver = new List<string>();
        foreach (string path in location.Candidates)
        {
            try
            {
                // Whoever puts a pipe there would hold the start up: opening one waits for its writer.
                if (new FileInfo(path) is { Exists: true, Length: 0 })
                {
                    passedOver.Add($"{path} was not read: it is empty, or no file");
                    continue;
                }

                using var handle = File.OpenHandle(path);
                if (location.Distrust(handle) is { } reason)
                    passedOver.Add($"{path} was not read: {reason}; name it with --config to use it all the same");
                else
                    return Read(handle, path, diagnostics) with { PassedOver = passedOver };
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // the next place
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                passedOver.Add($"{path} was not read: {e.Message}");
            }
        }

        return CanaryConfig.BuiltIn with { PassedOver = passedOver };
    }

    private static CanaryConfig Named(string path, Diagnostics diagnostics)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            return Read(handle, path, diagnostics);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            diagnostics.Add(path, 0, 0, "no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(path, 0, 0, e.Message);
        }

        return CanaryConfig.BuiltIn;
    }

    private static CanaryConfig Read(Microsoft.Win32.SafeHandles.SafeFileHandle handle, string path, Diagnostics diagnostics)
    {
        // One byte more than is allowed tells a longer file without reading all of it; a device has no length to ask for.
        byte[] bytes = new byte[YamlReader.MostCharacters + 1];
        using var stream = new FileStream(handle, FileAccess.Read, 1);
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, read);
        }
        catch (DecoderFallbackException) when (read < bytes.Length)
        {
            diagnostics.Add(path, 0, 0, "not UTF-8 text");
            return CanaryConfig.BuiltIn;
        }
        catch (DecoderFallbackException)
        {
            text = new string(' ', bytes.Length);
        }

        return CanaryConfig.Parse(text, path, diagnostics);
    }
}
