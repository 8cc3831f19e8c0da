using System.Globalization;

namespace Canary.Benchmarks;

/// <summary>What the command line of a benchmark may say.</summary>
internal sealed record Options
{
    public int Pairs { get; private init; } = 21;

    /// <summary>Enough to see that every part works; the figures mean nothing.</summary>
    public bool Smoke { get; private init; }

    public bool Check { get; private init; }

    public bool Verbose { get; private init; }

    public string[] Jobs { get; private init; } = ["true", "build"];

    public string[] Arms { get; private init; } = ["canary", "auditd"];

    public int Seconds { get; private init; } = 60;

    /// <summary>Of generated events; null for those that the benchmark names.</summary>
    public int? Seed { get; private init; }

    public int Minutes { get; private init; } = 60;

    /// <summary>Of a benchmark that runs many arms in turn.</summary>
    public int Rounds { get; private init; } = 7;

    public string Program { get; private init; } = Path.Combine(Checkout.Root, "artifacts", "linux-x64", "canary");

    /// <summary>Another monitor to measure in canary's place; ready with its first line of output.</summary>
    public string? Monitor { get; private init; }

    public static Options? Parse(IEnumerable<string> arguments)
    {
        var options = new Options();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out string? name))
        {
            string Value() => rest.TryDequeue(out string? value) ? value : "";
            int Number() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
            Options? next = name switch
            {
                "--pairs" => options with { Pairs = Number() },
                "--smoke" => options with { Smoke = true, Pairs = 1, Rounds = 1 },
                "--rounds" => options with { Rounds = Number() },
                "--check" => options with { Check = true },
                "--verbose" => options with { Verbose = true },
                "--jobs" => options with { Jobs = Value().Split(',') },
                "--arms" => options with { Arms = Value().Split(',') },
                "--seconds" => options with { Seconds = Number() },
                "--seed" => options with { Seed = Number() },
                "--minutes" => options with { Minutes = Number() },
                "--program" => options with { Program = Path.GetFullPath(Value()) },
                "--monitor" => options with { Monitor = Value() },
                _ => null,
            };
            if (next is null || next.Pairs < 1 || next.Seconds < 1 || next.Minutes < 1 || next.Rounds < 1)
                return null;
            options = next;
        }

        return options;
    }
}
