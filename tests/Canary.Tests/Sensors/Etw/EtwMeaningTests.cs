using System.Text;
using Canary.Events;
using Canary.Sensors.Etw;
using Xunit;

namespace Canary.Tests.Sensors.Etw;

/// <summary>What several events mean together: parts of scripts, first datagrams, models and devices.</summary>
public sealed class EtwMeaningTests
{
    private readonly EtwWorld _world = new();

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(3, 1, 2)]
    public void A_script_in_three_parts_is_one_text(params int[] order)
    {
        string[] parts = ["Invoke-Exp", "ression (New-Object ", "Net.WebClient)"];
        foreach (int number in order)
            Script(EtwSamples.At, number, 3, parts[number - 1]);
        var run = Assert.IsType<ScriptRun>(Assert.Single(_world.Events));
        Assert.Equal(("Invoke-Expression (New-Object Net.WebClient)", false), (run.Text, run.Partial));
    }

    [Fact]
    public void A_part_that_comes_twice_counts_once()
    {
        Script(EtwSamples.At, 1, 2, "a");
        Script(EtwSamples.At, 1, 2, "a");
        Assert.Empty(_world.Events);
        Script(EtwSamples.At, 2, 2, "b");
        Assert.Equal("ab", Assert.IsType<ScriptRun>(Assert.Single(_world.Events)).Text);
    }

    [Fact]
    public void A_script_whose_last_part_was_lost_is_told_as_partial()
    {
        Script(EtwSamples.At, 1, 3, "one ");
        Script(EtwSamples.At, 3, 3, "three");
        _world.Flush(EtwSamples.At + 5_000_000_000);
        Assert.Empty(_world.Events);
        _world.Flush(EtwSamples.At + 5_000_000_001);
        var run = Assert.IsType<ScriptRun>(Assert.Single(_world.Events));
        Assert.Equal(("one three", true), (run.Text, run.Partial));
        Assert.Equal(1, _world.State.Counts.PartialScripts);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(4, 3)]
    [InlineData(-1, int.MaxValue)]
    [InlineData(1, 100_000)]
    public void A_part_with_an_impossible_number_is_told_by_itself(int number, int total)
    {
        Script(EtwSamples.At, number, total, "x");
        Assert.True(Assert.IsType<ScriptRun>(Assert.Single(_world.Events)).Partial);
    }

    [Fact]
    public void Scripts_that_never_end_stay_within_a_bound()
    {
        string text = new('x', 30_000);
        for (int i = 0; i < 3000; i++)
            Script(EtwSamples.At, 1 + i % 200, 250, text, $"id-{i / 200}");
        for (int i = 0; i < 500; i++)
            Script(EtwSamples.At, 1, 2, "y", $"other-{i}");
        Assert.True(_world.Events.Count > 400);
        Assert.All(_world.Events, e => Assert.True(((ScriptRun)e).Partial));
    }

    [Theory]
    [InlineData("IEX $x", true, false)]
    [InlineData("日本語のスクリプト $x", true, false)]
    [InlineData("var x = 1;", false, false)]
    [InlineData("MZ\0\0\u0003\0\0\0\0", false, true)]
    public void Scanned_content_is_text_where_it_is_text(string content, bool isWide, bool isBinary)
    {
        byte[] bytes = isWide ? Encoding.Unicode.GetBytes(content) : Encoding.UTF8.GetBytes(content);
        _world.Decode(EtwSamples.Header(EtwProvider.Amsi, 1101, 0, 8), OtherSamples.Scan(8, "DotNet", "", bytes, (uint)bytes.Length).Bytes);
        var run = Assert.IsType<ScriptRun>(Assert.Single(_world.Events));
        Assert.Equal((isBinary ? "" : content, isBinary, null), (run.Text, run.Partial, run.Path));
    }

    [Fact]
    public void Content_that_was_cut_before_the_event_is_partial()
    {
        _world.Decode(EtwSamples.Header(EtwProvider.Amsi, 1101, 0, 8), OtherSamples.Scan(8, "x", "", "a\0"u8.ToArray(), 9000).Bytes);
        Assert.True(Assert.IsType<ScriptRun>(Assert.Single(_world.Events)).Partial);
    }

    [Fact]
    public void Only_the_first_datagram_to_an_address_is_told_and_every_connect()
    {
        for (int i = 0; i < 3; i++)
        {
            Network(42, NetworkSamples.Sent(8, "192.0.2.1", 53));
            Network(12, NetworkSamples.Sent(8, "192.0.2.1", 443));
        }

        Network(42, NetworkSamples.Sent(8, "192.0.2.1", 54));
        Network(42, NetworkSamples.Sent(8, "192.0.2.1", 53, pid: 9));
        Assert.Equal(3, _world.Events.Count(e => e is Connected { Protocol: NetworkProtocol.Udp }));
        Assert.Equal(3, _world.Events.Count(e => e is Connected { Protocol: NetworkProtocol.Tcp }));
    }

    [Theory]
    [InlineData(0x1000, 0, false)]
    [InlineData(0x0400, 0, false)]
    [InlineData(0x0010, 0, true)]
    [InlineData(0x1fffff, 0, true)]
    [InlineData(0x0040, 0, true)]
    [InlineData(0x10000000, 0, true)]
    [InlineData(0x1fffff, 0xc0000022, false)]
    public void A_process_is_opened_when_the_rights_matter_and_it_was_allowed(uint access, uint status, bool told)
    {
        _world.Decode(EtwSamples.Header(EtwProvider.KernelAuditApi, 5, 0, 8), new PayloadBuilder().U32(640, access, status).Bytes);
        Assert.Equal(told ? 1 : 0, _world.Events.Count);
    }

    [Fact]
    public void A_process_that_opens_itself_is_nothing()
    {
        _world.Decode(EtwSamples.Header(EtwProvider.KernelAuditApi, 5, 0, 8), new PayloadBuilder().U32(EtwSamples.Actor, 0x1fffff, 0).Bytes);
        Assert.Empty(_world.Events);
    }

    [Fact]
    public void A_model_is_told_once_a_process_and_once_more_with_the_device()
    {
        Open(@"C:\models\llama.gguf");
        Open(@"C:\models\LLAMA.gguf");
        Device();
        Device();
        Open(@"C:\models\other.safetensors");
        Assert.Equal([(@"C:\models\llama.gguf", null), (@"C:\models\llama.gguf", "graphics adapter 1"), (@"C:\models\other.safetensors", "graphics adapter 1")], Models());
    }

    [Theory]
    [InlineData(@"C:\m\pytorch_model-00001.bin", true)]
    [InlineData(@"C:\m\weights.bin", false)]
    [InlineData(@"C:\m\x.onnx", true)]
    [InlineData(@"C:\m\config.json", false)]
    [InlineData(@"C:\m.gguf\x", false)]
    [InlineData(@"C:\m\gguf", false)]
    public void A_model_is_known_by_its_name(string path, bool isModel)
    {
        Open(path);
        Assert.Equal(isModel ? 1 : 0, Models().Length);
    }

    [Fact]
    public void Weights_in_a_bin_are_known_by_the_configuration_beside_them()
    {
        Open(@"C:\m\config.json");
        Open(@"C:\m\weights.bin");
        Open(@"C:\other\weights.bin");
        Assert.Equal(@"C:\m\weights.bin", Assert.Single(Models()).Path);
    }

    [Fact]
    public void A_model_that_is_written_is_not_loaded()
    {
        Open(@"C:\m\x.gguf", disposition: 5);
        Open(@"C:\m\x.gguf", disposition: 2);
        Assert.Empty(Models());
    }

    [Fact]
    public void A_device_of_software_is_no_graphics_device()
    {
        _world.Decode(EtwSamples.Header(EtwProvider.DxgKernel, 26, 0, 8), OtherSamples.Adapter(8, 0xd001, 4).Bytes);
        Open(@"C:\models\llama.gguf");
        Device();
        Assert.Null(Assert.Single(Models()).Device);
    }

    private (string Path, string? Device)[] Models() => [.. _world.Events.OfType<ModelOpened>().Select(m => (m.Path, m.Device))];

    private void Script(long at, int number, int total, string text, string id = "id") =>
        _world.Decode(EtwSamples.Header(EtwProvider.PowerShell, 4104, 1, 8) with { AtNs = at }, OtherSamples.Block(8, number, total, text, id, "").Bytes);

    private void Network(ushort id, PayloadBuilder payload) => _world.Decode(EtwSamples.Header(EtwProvider.KernelNetwork, id, 0, 8), payload.Bytes);

    private void Open(string path, uint disposition = 1) =>
        _world.Decode(EtwSamples.Header(EtwProvider.KernelFile, 12, 1, 8), FileSamples.Opened(1, 8, disposition << 24, path).Bytes);

    private void Device() => _world.Decode(EtwSamples.Header(EtwProvider.DxgKernel, 27, 1, 8), new PayloadBuilder().Pointer(1, 0xd001).Bytes);
}
