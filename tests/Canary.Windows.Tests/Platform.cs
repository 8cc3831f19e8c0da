using System.Runtime.Versioning;
using Xunit;

[assembly: SupportedOSPlatform("windows")]

// One at a time: each looks at the whole machine, and two sensors would take each other's sessions.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
