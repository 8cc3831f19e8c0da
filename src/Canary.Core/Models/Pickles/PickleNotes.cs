namespace Canary.Models.Pickles;

/// <summary>Keeps what the machine tells until it is known whether the bytes were a pickle.</summary>
internal sealed class PickleNotes(IPickleSink sink) : IPickleSink
{
    private const int MostKept = 10_000;

    private readonly List<Action> _kept = [];

    /// <summary>What is told is no longer kept back.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Something would be imported or called.</summary>
    public bool HasImports { get; private set; }

    public void Import(ImportedValue imported, string how, bool old, long offset)
    {
        HasImports = true;
        Keep(() => sink.Import(imported, how, old, offset));
    }

    public void Report(string code, ModelVerdict verdict, long offset, string why)
    {
        HasImports |= code is "pickle-import-unresolved" or "pickle-extension";
        Keep(() => sink.Report(code, verdict, offset, why));
    }

    /// <summary>It was one: all is told, and what comes from here on is told at once.</summary>
    public void Open()
    {
        IsOpen = true;
        foreach (var tell in _kept)
            tell();
        _kept.Clear();
    }

    /// <summary>Tells one thing though the rest is kept back.</summary>
    public void Tell(string code, ModelVerdict verdict, long offset, string why) => sink.Report(code, verdict, offset, why);

    private void Keep(Action tell)
    {
        if (!IsOpen && _kept.Count >= MostKept)
            Open();
        if (IsOpen)
            tell();
        else
            _kept.Add(tell);
    }
}
