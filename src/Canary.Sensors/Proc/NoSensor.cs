using Canary.Events;

namespace Canary.Sensors.Proc;

/// <summary>Stands where nothing can be seen, and says so.</summary>
internal sealed class NoSensor(string why) : ISensor
{
    public string Name => "none";

    public static ChosenSensor Chosen(string why)
    {
        var none = new NoSensor(why);
        return new ChosenSensor(none, none.Start());
    }

    public SensorState Start() => new(Name, null, why, ["processes, connections, DNS questions"], []);

    public bool Collect(List<SensorEvent> into) => false;

    public void CollectLosses(List<SensorLoss> into)
    {
    }

    public void Dispose()
    {
    }
}
