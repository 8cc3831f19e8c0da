using Canary.Events;
using Canary.Sensors.Etw;

namespace Canary.Tests.Sensors.Etw;

/// <summary>One payload of each provider, event and version, written after the manifests.</summary>
internal sealed record EtwSample(string Name, EtwHeader Header, byte[] Needed, byte[] Tail, Action<IReadOnlyList<SensorEvent>, EtwState> Check)
{
    public byte[] Whole => [.. Needed, .. Tail];
}

internal static class EtwSamples
{
    public const long At = 5_000_000_000;
    public const int Actor = 77;
    public const long Boot = 133_000_000_000_000_000;
    public const long Created = Boot + 40_000_000;

    public static readonly string[] Names = [.. All(8).Select(s => s.Name)];

    public static EtwState State() => new(new DeviceMap([new(@"\Device\HarddiskVolume3", "C:"), new(@"\Device\HarddiskVolume4", "D:")]), new EveryFile());

    public static IEnumerable<EtwSample> All(byte size) =>
        [.. ProcessSamples.All(size), .. FileSamples.All(size), .. NetworkSamples.All(size), .. RegistrySamples.All(size), .. OtherSamples.All(size)];

    public static EtwSample Of(string name, byte pointerSize) => All(pointerSize).Single(s => s.Name == name);

    public static EtwHeader Header(EtwProvider provider, ushort id, byte version, byte pointerSize, byte opcode = 0) =>
        new(provider, id, version, opcode, Actor, 78, At, pointerSize);

    private sealed class EveryFile : IEtwFileInterest
    {
        public bool Wants(string path, ProcessKey actor) => true;
    }
}
