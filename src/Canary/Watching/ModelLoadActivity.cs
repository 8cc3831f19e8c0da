using Canary.Agents;
using Canary.Findings;
using Canary.Models.Gating;

namespace Canary.Watching;

/// <summary>model_load with its actor: the load as the gate tells it, by a process with its ancestors and its agent session.</summary>
internal sealed class ModelLoadActivity(ModelLoad load, ProcessImage actor, AgentSession? session) : Activity(actor, session, load.Time)
{
    public override LogSource Source => load.Source;

    public override string Type => load.Type;

    public override string Identity => load.Identity;

    public override FieldValue Get(Field field) => load.Get(field) is { IsAbsent: false } value ? value : base.Get(field);
}
