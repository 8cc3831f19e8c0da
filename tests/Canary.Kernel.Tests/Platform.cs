using System.Runtime.Versioning;
using Xunit;

[assembly: SupportedOSPlatform("linux")]

// One at a time: each looks at the whole machine, and the timings of one must not be another's load.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
