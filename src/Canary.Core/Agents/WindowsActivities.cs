using Canary.Agents.Portable;
using Canary.Events;
using Canary.Findings;
using Canary.Text;

namespace Canary.Agents;

/// <summary>registry_set, registry_add, registry_delete: one category an act, as Sysmon has them.</summary>
public sealed class RegistryActivity(RegistryActed e, ProcessImage actor, AgentSession? session, DateTimeOffset time) : Activity(actor, session, time)
{
    private readonly string _object = e.Value is null ? e.Key : $"{e.Key}\\{(e.Value.Length == 0 ? "(Default)" : e.Value)}";

    public override LogSource Source { get; } = new("windows", e.Act switch
    {
        RegistryAct.SetValue => "registry_set",
        RegistryAct.CreateKey => "registry_add",
        _ => "registry_delete",
    });

    public override string Type => "config";

    public override string Identity => $"{Stable(_object)} {PathName.Of(Actor.Path)}";

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.TargetObject => Text(_object),
        Fields.Details => FieldValue.Of(e.Details),
        Fields.EventType => FieldValue.Of(e.Act.ToString()),
        Fields.Reason => e.Resolved ? default : FieldValue.Of("the key's handle is older than the sensor: only the end of its name is known"),
        _ => base.Get(field),
    };
}

/// <summary>image_load.</summary>
public sealed class ImageLoadActivity(ImageMapped e, string product, PortableFiles? files, ProcessImage actor, AgentSession? session, DateTimeOffset time) : Activity(actor, session, time)
{
    public override LogSource Source { get; } = new(product, "image_load");

    public override string Type => "file";

    public override string Identity => $"{Stable(e.Path)} {PathName.Of(Actor.Path)}";

    public override FieldValue Get(Field field) => field.Id == Fields.ImageLoaded ? Text(e.Path)
        : files?.Field(e.Path, field.Id) is { IsAbsent: false } value ? value : base.Get(field);
}

/// <summary>ps_script; script_content of Canary's own for what AMSI was shown by others than PowerShell.</summary>
public sealed class ScriptActivity(ScriptRun e, ProcessImage actor, AgentSession? session, DateTimeOffset time) : Activity(actor, session, time)
{
    // One engine's text, told by two providers, is one category; AMSI's text of other hosts has no name in Sigma.
    public override LogSource Source { get; } = e.Source == ScriptSource.PowerShell || e.Host?.StartsWith("PowerShell", StringComparison.OrdinalIgnoreCase) == true
        ? new("windows", "ps_script") : new("windows", "script_content");

    public override string Type => "process";

    public override string Identity => $"{Stable(e.Path ?? "")} {PathName.Of(Actor.Path)} {Stable(e.Text.Length <= 200 ? e.Text : e.Text[..200])}";

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.ScriptBlockText => FieldValue.Of(e.Text),
        Fields.ScriptBlockId => FieldValue.Of(e.Id),
        Fields.Path => Text(e.Path),
        Fields.AppName => FieldValue.Of(e.Host),
        Fields.Reason => e.Partial ? FieldValue.Of("only a part of the text was seen") : default,
        _ => base.Get(field),
    };
}

/// <summary>model_load where no gate can stand: the open was seen, and nothing was verified before it.</summary>
public sealed class ModelOpenActivity(ModelOpened e, ProcessImage actor, AgentSession? session, DateTimeOffset time) : Activity(actor, session, time)
{
    public string Path { get; } = e.Path;

    /// <summary>Graphics devices that the process uses.</summary>
    public IReadOnlyList<string> Devices { get; } = e.Device is null ? [] : [e.Device];

    public override LogSource Source { get; } = new("canary", "model_load");

    public override string Type => "model";

    public override string Identity => Path;

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.TargetFilename => Text(Path),
        Fields.BaseName => Text(PathName.Of(Path)),
        Fields.Gate => FieldValue.Of("observed"),
        Fields.Reason => FieldValue.Of("observed: this system lets no one verify a file before it is opened"),
        Fields.GpuDevice => e.Device is null ? default : FieldValue.Of([e.Device]),
        _ => base.Get(field),
    };
}
