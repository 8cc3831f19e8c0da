using System.Diagnostics.CodeAnalysis;

namespace Canary.Native;

/// <summary>What handles stand for. A handle is never given twice, so that one that was closed is a mistake that is told, not another model.</summary>
internal sealed class OpenModels
{
    /// <summary>Models that may be open at once.</summary>
    public const int Most = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, RangeVerifier> _open = [];
    private long _last;

    /// <returns>The handle, above zero; zero where there are too many.</returns>
    public long Add(RangeVerifier model)
    {
        lock (_gate)
        {
            if (_open.Count >= Most)
                return 0;
            _open.Add(++_last, model);
            return _last;
        }
    }

    /// <summary>A call that has the model goes on though another closes its handle.</summary>
    public bool TryGet(long handle, [NotNullWhen(true)] out RangeVerifier? model)
    {
        lock (_gate)
            return _open.TryGetValue(handle, out model);
    }

    public bool Remove(long handle)
    {
        lock (_gate)
            return _open.Remove(handle);
    }
}
