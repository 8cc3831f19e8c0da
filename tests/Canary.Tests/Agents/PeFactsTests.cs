using System.Diagnostics;
using System.Security.Cryptography;
using Canary.Agents.Portable;
using Xunit;

namespace Canary.Tests.Agents;

public sealed class PeFactsTests
{
    private const string Wine = "/usr/lib/x86_64-linux-gnu/wine/x86_64-windows";

    // Real ones, of several makers: they lie beside the tests.
    private static readonly string[] Assemblies = [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")];

    [Fact]
    public void An_assembly_says_what_the_run_time_reads_from_it()
    {
        int compared = 0;
        foreach (string path in Assemblies)
        {
            var facts = Read(path);
            var known = FileVersionInfo.GetVersionInfo(path);
            if (facts is null || string.IsNullOrEmpty(known.FileVersion))
                continue;
            compared++;
            // A program's own assembly is called .exe by the one and .dll by the other.
            Assert.Equal(Path.GetFileNameWithoutExtension(known.OriginalFilename), Path.GetFileNameWithoutExtension(facts.OriginalFileName));
            Assert.Equal(known.FileVersion, facts.FileVersion);
            Assert.Equal(Empty(known.CompanyName?.Trim()), facts.Company);
            Assert.Equal(Empty(known.ProductName?.Trim()), facts.Product);
        }

        Assert.InRange(compared, 5, int.MaxValue);
    }

    [Fact]
    public void A_signed_file_names_its_signer_and_is_not_said_to_be_verified()
    {
        var signed = Assemblies.Select(Read).OfType<PeFacts>().Where(f => f.HasSignature).ToArray();
        Assert.Contains(signed, f => f is { Signer: "Microsoft Corporation" or ".NET", Company: "Microsoft Corporation", SignatureStatus: "Unverified" });
        Assert.All(signed, f => Assert.NotNull(f.Signer));
        Assert.Contains(Assemblies.Select(Read), f => f is { HasSignature: false, SignatureStatus: null });
    }

    [Fact]
    public void Every_library_of_Wine_is_read()
    {
        string[] paths = Directory.Exists(Wine) ? Directory.GetFiles(Wine, "*.dll") : [];
        Assert.All(paths, path => Assert.NotNull(Read(path)));
        if (paths.Length > 0)
            Assert.Equal(("Wine kernel DLL", "kernel32.dll"), (Read($"{Wine}/kernel32.dll")!.Description, Read($"{Wine}/kernel32.dll")!.OriginalFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MZ")]
    [InlineData("\u007fELF")]
    [InlineData("plain text, and a good deal more of it than sixty-four characters, so that there is a header to be read")]
    public void Another_file_has_no_facts(string content) => Assert.Null(PeFacts.Read(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(content))));

    [Fact]
    public void No_broken_image_makes_the_reader_throw_or_read_without_bound()
    {
        var random = new Random(7);
        byte[][] whole = [.. Assemblies.Where(p => new FileInfo(p).Length is < 400_000 and > 2000 && Read(p)?.HasSignature == true).Order().Take(4).Select(File.ReadAllBytes)];
        Assert.NotEmpty(whole);
        for (int n = 0; n < 4000; n++)
        {
            byte[] bytes = (byte[])whole[n % whole.Length].Clone();
            // Headers, tables and the end are where lengths and places are.
            for (int k = random.Next(1, 8); k > 0; k--)
            {
                int at = random.Next(3) switch { 0 => random.Next(1024), 1 => bytes.Length - 1 - random.Next(12_000) % bytes.Length, _ => random.Next(bytes.Length) };
                bytes[at] = (byte)random.Next(256);
            }

            var file = new CountingStream(random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
            _ = PeFacts.Read(file);
            Assert.InRange(file.BytesRead, 0, 2_000_000);
        }
    }

    [Fact]
    public void A_version_resource_that_points_at_itself_ends()
    {
        byte[] image = Image(resource =>
        {
            // Every entry leads back to the first directory.
            for (int at = 0; at < resource.Length; at += 16)
                BitConverter.TryWriteBytes(resource.AsSpan(at + 12), 0x0001_0001);
            for (int at = 16; at + 8 <= resource.Length; at += 8)
            {
                BitConverter.TryWriteBytes(resource.AsSpan(at), 16);
                BitConverter.TryWriteBytes(resource.AsSpan(at + 4), 0x80000000);
            }
        });
        Assert.Equal(new PeFacts(), PeFacts.Read(new MemoryStream(image)));
    }

    [Fact]
    public void Facts_and_hashes_are_read_again_when_the_file_has_changed()
    {
        string folder = Directory.CreateTempSubdirectory("canary-pe").FullName;
        try
        {
            string path = Path.Combine(folder, "x.exe");
            var files = new PortableFiles();
            Assert.Null(files.FactsOf(path));
            File.WriteAllText(path, "no image");
            Assert.Null(files.FactsOf(path));
            Assert.Equal($"SHA256={Convert.ToHexString(SHA256.HashData("no image"u8))}", files.HashesOf(path));
            File.Copy(typeof(PeFactsTests).Assembly.Location, path, overwrite: true);
            Assert.NotNull(files.FactsOf(path));
            Assert.Equal($"SHA256={Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}", files.HashesOf(path));
            Assert.Null(files.FactsOf("\0"));
            Assert.Null(files.HashesOf(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PeFacts? Read(string path)
    {
        using var file = File.OpenRead(path);
        return PeFacts.Read(file);
    }

    private static string? Empty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static byte[] Image(Action<byte[]> resource)
    {
        byte[] image = new byte[0x800], section = new byte[0x400];
        resource(section);
        "MZ"u8.CopyTo(image);
        image[0x3c] = 0x40;
        "PE\0\0"u8.CopyTo(image.AsSpan(0x40));
        image[0x46] = 1;
        image[0x54] = 240;
        BitConverter.TryWriteBytes(image.AsSpan(0x58), (ushort)0x20b);
        BitConverter.TryWriteBytes(image.AsSpan(0x58 + 108), 16);
        BitConverter.TryWriteBytes(image.AsSpan(0x58 + 112 + 16), 0x1000);
        BitConverter.TryWriteBytes(image.AsSpan(0x58 + 112 + 20), 0x400);
        foreach (var (at, value) in new[] { (8, 0x400), (12, 0x1000), (16, 0x400), (20, 0x400) })
            BitConverter.TryWriteBytes(image.AsSpan(0x58 + 240 + at), value);
        section.CopyTo(image, 0x400);
        return image;
    }

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int read = base.Read(buffer);
            BytesRead += read;
            return read;
        }
    }
}
