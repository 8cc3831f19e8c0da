using System.Diagnostics;
using System.Runtime.Versioning;
using Canary.Alerts;
using Canary.Alerts.Notifiers;
using Canary.Alerts.Redaction;
using Canary.Alerts.Storage;
using Canary.Config;
using Canary.Findings;
using Canary.Models.Gating;
using Canary.Rules;
using Canary.Sensors.Gating;

namespace Canary.Guarding;

/// <summary>From the gate's words to stored and mailed alerts, as <c>watch</c> does with the words of its sensors.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GuardRun : IDisposable
{
    private static readonly TimeSpan MailsAtEnd = TimeSpan.FromSeconds(5);

    private readonly AlertStore _store;
    private readonly AlertDesk _desk;
    private readonly Outbox _outbox;
    private readonly RuleEngine _engine;
    private readonly GuardView _view;
    private readonly CancellationTokenSource _stopMail = new();
    private readonly List<Finding> _findings = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _loads, _denied;

    /// <exception cref="StateException">The state directory cannot be used.</exception>
    public GuardRun(string state, CanaryConfig config, RuleBook rules, GuardView view, TimeProvider time)
    {
        _view = view;
        _engine = new RuleEngine(rules, time);
        _store = AlertStore.Open(state, "model guard", time);
        var policy = AlertPolicy.From(config);
        _desk = new AlertDesk(_store, policy, new Redactor(), time, Environment.MachineName);
        _outbox = new Outbox(_store, NotifierList.From(config, time), time, Environment.MachineName, policy);
        _desk.Unstored += _outbox.TellUnstored;
        _desk.Stored += Stored;
    }

    /// <summary>The highest level among the alerts so far.</summary>
    public Level? Worst { get; private set; }

    /// <summary>Until cancelled; then the gate is ended, and what it had still to say is heard.</summary>
    public async Task RunAsync(ModelGate gate, CancellationToken cancel)
    {
        var work = Task.Run(() => _desk.RunAsync(CancellationToken.None), CancellationToken.None);
        var mail = Task.Run(() => _outbox.RunAsync(_stopMail.Token), CancellationToken.None);
        using var stop = cancel.Register(() => Task.Run(gate.Stop));
        await foreach (var word in gate.Words.ReadAllAsync(CancellationToken.None))
            Hear(word);
        await _desk.DrainAsync();
        await work;
        await _outbox.DrainAsync(MailsAtEnd);
        await _stopMail.CancelAsync();
        await mail;
        _view.Summary(_desk.Alerts, _loads, _denied, Stopwatch.GetElapsedTime(_began).TotalSeconds);
    }

    public void Dispose()
    {
        _store.Dispose();
        _stopMail.Dispose();
    }

    private void Hear(GateWord word)
    {
        switch (word)
        {
            case GateSubject { Subject: var subject }:
                if (subject is ModelLoad load)
                {
                    _loads++;
                    _denied += load.Answer == GateAnswer.Denied ? 1 : 0;
                    _view.Load(load);
                }

                // Alerts of one kind are one group, of which the first is shown: what else is wrong would not be.
                if (subject is HealthReport { Reason: { } reason })
                    _view.Note(reason);
                _engine.Evaluate(subject, _findings);
                foreach (var finding in _findings)
                {
                    if (!_desk.TryPost(finding))
                        _view.Note("an alert could not be taken: too many at once");
                }

                _findings.Clear();
                break;
            case GateGuarantee guarantee:
                _view.Guarantee(guarantee);
                break;
            case GateProgress progress:
                _view.Progress(progress);
                break;
        }
    }

    private void Stored(Alert alert, Sighting sighting)
    {
        if (Worst is null || alert.Level > Worst)
            Worst = alert.Level;
        if (sighting == Sighting.Again)
            return;
        _outbox.Wake();
        if (!alert.Silenced)
            _view.Alert(alert);
    }
}
