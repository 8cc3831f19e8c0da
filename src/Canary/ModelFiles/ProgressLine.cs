using System.Diagnostics;
using System.Globalization;
using Canary.Text;

namespace Canary.ModelFiles;

/// <summary>How far it is, how fast, and how long it will take: one line on standard error that is written over, and only where that is a terminal.</summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly TextWriter _to;
    private readonly Func<(long Done, long Total, string What)> _state;
    private readonly Timer? _timer;
    private readonly Lock _gate = new();
    private readonly long _from = Stopwatch.GetTimestamp();
    private long _first = -1;
    private bool _written;

    /// <param name="state">Asked four times a second, by another thread.</param>
    public ProgressLine(TextWriter to, bool quiet, Func<(long Done, long Total, string What)> state)
    {
        _to = to;
        _state = state;
        if (!quiet && to == Console.Error && !Console.IsErrorRedirected)
            _timer = new Timer(_ => Write(), null, Every, Every);
    }

    /// <summary>The line's text: apart, so that it can be tested.</summary>
    public static string Of(long done, long total, long first, TimeSpan time, string what)
    {
        double rate = time.TotalSeconds > 0 ? (done - first) / time.TotalSeconds : 0;
        string left = rate > 0 && total > done ? $", {TimeSpan.FromSeconds(Math.Min((total - done) / rate, 8_640_000)):hh\\:mm\\:ss} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{(total > 0 ? 100.0 * done / total : 100):0.0} % of {ByteSize.Write(total)}, {rate / 1e6:0} MB/s{left}  {Printable.Line(what, 60)}");
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            if (_written)
                _to.Write("\r\x1b[K");
        }
    }

    private void Write()
    {
        var (done, total, what) = _state();
        lock (_gate)
        {
            // What was done before the start, by an earlier run, is no rate.
            if (_first < 0)
                _first = done;
            _to.Write("\r" + Of(done, total, _first, Stopwatch.GetElapsedTime(_from), what) + "\x1b[K");
            _written = true;
        }
    }
}
