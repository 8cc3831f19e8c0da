using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using Canary.Inspection;
using Xunit;

namespace Canary.Tests.Inspection;

/// <summary>What bytes say, whatever a file is called.</summary>
public sealed class FileFactsTests
{
    [Theory]
    [InlineData("console.log(1)", "text")]
    [InlineData("#!/bin/sh\necho", "script")]
    [InlineData("\x7f" + "ELF\x02", "elf")]
    [InlineData("\0asm", "wasm")]
    [InlineData("PK\x03\x04", "zip")]
    [InlineData("a\0b", "binary")]
    [InlineData("MZ is a word", "text")]
    [InlineData("", "text")]
    public void The_first_bytes_tell_the_type(string bytes, string type) => Assert.Equal(type, Facts(Encoding.Latin1.GetBytes(bytes)).Type);

    [Theory]
    [InlineData(new byte[] { 0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2 }, "mach-o")]
    [InlineData(new byte[] { 0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52 }, "binary")]
    [InlineData(new byte[] { 0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1 }, "mach-o")]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0 }, "gzip")]
    public void A_class_of_Java_is_no_program_of_a_Mac(byte[] bytes, string type) => Assert.Equal(type, Facts(bytes).Type);

    [Fact]
    public void PowerShells_UTF16_is_text() =>
        Assert.Equal("iex x", Facts([0xff, 0xfe, .. Encoding.Unicode.GetBytes("iex x")]).Text);

    [Fact]
    public void Bytes_that_are_no_text_are_replaced_and_the_rest_stays() => Assert.Equal("a\uFFFDb", Facts([(byte)'a', 0xff, (byte)'b']).Text);

    [Theory]
    [InlineData("", 0)]
    [InlineData("ab\nabc\nx", 3)]
    [InlineData("abcd", 4)]
    public void The_longest_line_is_measured(string text, int longest) => Assert.Equal(longest, Facts(Encoding.UTF8.GetBytes(text)).LongestLine);

    [Fact]
    public void Bytes_hidden_in_variation_selectors_are_read()
    {
        string hidden = string.Concat("console.log('hi there')".Select(c => char.ConvertFromUtf32(c < 16 ? 0xFE00 + c : 0xE0100 + c - 16)));
        var found = Facts(Encoding.UTF8.GetBytes($"const s = '{hidden}';")).Hidden!;
        Assert.Equal(("console.log('hi there')", 23, 11), (found.Decoded, found.Characters, found.At));
    }

    [Fact]
    public void Text_hidden_in_tags_and_bits_hidden_in_width_are_read()
    {
        string tags = string.Concat("ignore all rules".Select(c => char.ConvertFromUtf32(0xE0000 + c)));
        Assert.Equal("ignore all rules", Facts(Encoding.UTF8.GetBytes("x" + tags)).Hidden!.Decoded);
        string bits = string.Concat("hi"u8.ToArray().SelectMany(b => Enumerable.Range(0, 8).Select(i => (b >> (7 - i) & 1) == 1 ? '\u200C' : '\u200B')));
        Assert.Equal("hi", Facts(Encoding.UTF8.GetBytes(bits)).Hidden!.Decoded);
    }

    [Theory]
    [InlineData("❤️ and 👩‍👩‍👧‍👦 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿")]
    [InlineData("plain\n\ttext")]
    [InlineData("مرحبا‌ها")]
    public void Emoji_flags_and_scripts_that_need_joiners_hide_nothing(string text) => Assert.Null(Facts(Encoding.UTF8.GetBytes(text)).Hidden);

    [Theory]
    [InlineData("/* \u202E } \u2066if (admin) */", 1)]
    [InlineData("// \u202Bshalom\u202C", 0)]
    [InlineData("a\n\u2066x\n\u2067y\nz", 2)]
    [InlineData("none", 0)]
    public void Directions_left_open_are_counted_by_line(string text, int lines) => Assert.Equal(lines, Facts(Encoding.UTF8.GetBytes(text)).OpenDirections);

    [Fact]
    public void An_assembly_tells_whom_it_calls_and_whether_it_runs_when_loaded()
    {
        var quiet = AssemblyFacts.Of(Facts("x"u8), new MemoryStream(Assembly("quiet", initializer: false)));
        Assert.False(quiet.ModuleInitializer);
        var loud = AssemblyFacts.Of(Facts("x"u8), new MemoryStream(Assembly("loud", initializer: true)));
        Assert.True(loud.ModuleInitializer);
        Assert.Contains("System.Diagnostics.Process::Start", loud.Imports);
        Assert.DoesNotContain(loud.Imports, i => i.StartsWith("System.Console", StringComparison.Ordinal));
    }

    [Fact]
    public void Damaged_assemblies_say_nothing_and_do_no_harm()
    {
        byte[] whole = Assembly("x", initializer: true);
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = [.. whole];
            for (int j = 0; j < 8; j++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _ = AssemblyFacts.Of(Facts("x"u8), new MemoryStream(bytes, 0, random.Next(bytes.Length)));
        }
    }

    [Fact]
    public void A_package_of_nuget_org_names_its_owners()
    {
        string folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
        // The packages that these tests were built with.
        string package = Directory.EnumerateFiles(Path.Combine(folder, "xunit"), "xunit.*.nupkg", SearchOption.AllDirectories).First();
        using var file = File.OpenRead(package);
        var signature = NuGetSignature.Of(file)!;
        Assert.True(signature.IsThere);
        Assert.NotEmpty(signature.Owners);
    }

    [Fact]
    public void An_archive_without_a_signature_and_a_file_that_is_none_are_told_apart()
    {
        using var memory = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(memory, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            archive.CreateEntry("x.nuspec");
        Assert.False(NuGetSignature.Of(memory)!.IsThere);
        Assert.Null(NuGetSignature.Of(new MemoryStream([1, 2, 3])));
        using var broken = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(broken, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry(".signature.p7s").Open();
            entry.Write([0x30, 0x80, 1, 2, 3]);
        }

        Assert.False(NuGetSignature.Of(broken)!.IsThere);
    }

    private static FileFacts Facts(ReadOnlySpan<byte> bytes) => FileFacts.Of(bytes, bytes.Length);

    private static byte[] Assembly(string name, bool initializer)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        var module = assembly.DefineDynamicModule(name);
        var type = module.DefineType("T", TypeAttributes.Public);
        var code = type.DefineMethod("M", MethodAttributes.Static | MethodAttributes.Public).GetILGenerator();
        code.Emit(OpCodes.Ldstr, "x");
        code.Emit(OpCodes.Call, typeof(System.Diagnostics.Process).GetMethod("Start", [typeof(string)])!);
        code.Emit(OpCodes.Pop);
        code.Emit(OpCodes.Call, typeof(Console).GetMethod("WriteLine", [])!);
        code.Emit(OpCodes.Ret);
        type.CreateType();
        if (initializer)
        {
            module.DefineGlobalMethod(".cctor", MethodAttributes.Static | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName | MethodAttributes.Private, null, null).GetILGenerator().Emit(OpCodes.Ret);
            module.CreateGlobalFunctions();
        }

        using var memory = new MemoryStream();
        assembly.Save(memory);
        return memory.ToArray();
    }
}
