using System.Diagnostics;
using Canary.Config;
using Canary.Tests.Support;
using Canary.Yaml;
using Xunit;

namespace Canary.Tests.Config;

public sealed class ConfigLocationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Diagnostics _diagnostics = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_first_file_that_is_there_is_read_alone()
    {
        string user = Write("user.yml", "alerts: {rate_limit: {alerts: 7}}");
        string system = Write("system.yml", "alerts: {rate_limit: {alerts: 9}}");
        var config = Load(null, _directory.At("absent.yml"), user, system);
        Assert.Equal((7, user), (config.Alerts.RateLimit, config.Source));
        Assert.Equal(CanaryConfig.BuiltIn.Alerts.Retention, config.Alerts.Retention);
    }

    [Fact]
    public void Without_a_file_the_built_in_values_hold()
    {
        var config = Load(null, _directory.At("absent.yml"));
        Assert.Null(config.Source);
        Assert.Equal(CanaryConfig.BuiltIn.Alerts, config.Alerts);
        Assert.Empty(_diagnostics.All);
    }

    [Fact]
    public void A_file_that_is_not_trusted_is_passed_over_and_said_so()
    {
        string here = Write("here.yml", "alerts: {rate_limit: {alerts: 7}}"), system = Write("system.yml", "alerts: {rate_limit: {alerts: 9}}");
        var location = new ConfigLocation(null, [here, system], _ => File.ReadAllText(here).Length > 0 && _asked++ == 0 ? "others can write it" : null);
        var config = CanaryConfig.Load(location, _diagnostics);
        Assert.Equal(9, config.Alerts.RateLimit);
        Assert.Equal([$"{here} was not read: others can write it; name it with --config to use it all the same"], config.PassedOver);
    }

    [Fact]
    public async Task A_pipe_in_its_place_does_not_hold_the_start_up()
    {
        string pipe = _directory.At("canary.yml"), user = Write("user.yml", "alerts: {rate_limit: {alerts: 7}}");
        using (var made = Process.Start("mkfifo", pipe))
            await made.WaitForExitAsync();
        var config = await Task.Run(() => Load(null, pipe, user)).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(7, config.Alerts.RateLimit);
        Assert.Equal([$"{pipe} was not read: it is empty, or no file"], config.PassedOver);
    }

    [Fact]
    public void A_named_file_is_read_whoever_owns_it_and_must_be_there()
    {
        string named = Write("named.yml", "alerts: {rate_limit: {alerts: 7}}");
        Assert.Equal(7, CanaryConfig.Load(new ConfigLocation(named, [], _ => "no"), _diagnostics).Alerts.RateLimit);
        Assert.Empty(_diagnostics.All);
        Load(_directory.At("absent.yml"));
        Assert.Equal([_directory.At("absent.yml") + ": no such file"], _diagnostics.All.Select(d => d.ToString()));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_an_error_and_not_a_guess()
    {
        string named = _directory.At("binary.yml");
        File.WriteAllBytes(named, [0x61, 0x3a, 0x20, 0xff, 0xfe]);
        Load(named);
        Assert.Equal([named + ": not UTF-8 text"], _diagnostics.All.Select(d => d.ToString()));
    }

    private int _asked;

    private CanaryConfig Load(string? named, params string[] candidates) => CanaryConfig.Load(new ConfigLocation(named, candidates, _ => null), _diagnostics);

    private string Write(string name, string text)
    {
        File.WriteAllText(_directory.At(name), text);
        return _directory.At(name);
    }
}
