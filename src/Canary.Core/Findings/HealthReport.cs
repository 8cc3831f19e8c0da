namespace Canary.Findings;

/// <summary>What Canary says of itself (category sensor_health): events lost, a rule not loaded, a mail not sent.</summary>
/// <param name="sensor">The part that speaks: a sensor's name, <c>rules</c>, <c>alerts</c>.</param>
/// <param name="lossClass">What is affected: process, network, file, rule, mail.</param>
/// <param name="reason">In words, with the way out; null for a plain count.</param>
public sealed class HealthReport(string sensor, string lossClass, long count, string? reason, DateTimeOffset time) : Subject
{
    private static readonly LogSource Log = new("canary", "sensor_health");
    private static readonly Field[] Own = [Field.Named("Sensor"), Field.Named("LossClass"), Field.Named("Count"), Field.Named("Reason")];

    public string? Reason => reason;

    public override LogSource Source => Log;

    public override string Type => "config";

    public override string Identity => $"{sensor}/{lossClass}";

    public override DateTimeOffset Time => time;

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.Sensor => FieldValue.Of(sensor),
        Fields.LossClass => FieldValue.Of(lossClass),
        Fields.Count => FieldValue.Of(count),
        Fields.Reason => FieldValue.Of(reason),
        _ => default,
    };

    public override IReadOnlyList<Field> Names => Own;
}
