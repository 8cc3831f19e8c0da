namespace Canary.Benchmarks.Rules;
internal static class RulesBenchmark { public static int Run(Options options) => options is null ? 1 : 0; }
