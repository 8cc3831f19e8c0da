using Canary.Benchmarks;
using Canary.Benchmarks.Rules;

// Benchmarks print figures and whether they meet the targets; only --check makes a missed target an exit code.
const string Usage = """
    dev bench sensor [--pairs N] [--jobs true,build,agent-build] [--arms canary,auditd] [--program FILE] [--monitor COMMAND] [--verbose] [--smoke] [--check]
    dev bench files
    dev bench rules  [--seed N] [--smoke] [--check]
    dev bench scan   [--pairs N] [--program FILE] [--smoke] [--check]
    dev bench model  [--rounds N] [--smoke] [--check]
    dev bench gate   [--rounds N] [--smoke]
    dev bench etw    [--smoke]
    dev bench rest   [--seconds N] [--program FILE] [--check]
    dev soak scan    [--minutes N] [--seed N] [--program FILE]
    dev soak watch   [--minutes N] [--program FILE]
    dev soak model   [--seed N] [--program FILE]
    """;

var options = Options.Parse(args.Skip(2));
if (options is not null)
{
    switch (args)
    {
        case ["bench", "sensor", ..]:
            return SensorBenchmark.Run(options);
        case ["bench", "rules", ..]:
            return RulesBenchmark.Run(options);
        case ["bench", "scan", ..]:
            return ScanBenchmark.Run(options);
        case ["bench", "model", ..]:
            return ModelBenchmark.Run(options);
        case ["bench", "gate", ..]:
            return options.Smoke ? ModelGateBenchmark.Run(64, 1) : ModelGateBenchmark.Run(rounds: options.Rounds);
        case ["bench", "etw", ..]:
            return EtwBenchmark.Run(options);
        case ["bench", "files"]:
            return FileBenchmark.Run();
        case ["bench", "rest", ..]:
            return RestBenchmark.Run(options);
        case ["soak", "scan", ..]:
            return ScanSoak.Run(options);
        case ["soak", "model", ..]:
            return ModelSoak.Run(options);
        case ["soak", "watch", ..]:
            return WatchSoak.Run(options);
    }
}

Console.Error.WriteLine(Usage);
return 2;
