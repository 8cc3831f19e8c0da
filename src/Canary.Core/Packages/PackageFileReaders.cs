using Canary.Packages.CocoaPods;
using Canary.Packages.Conan;
using Canary.Packages.Dart;
using Canary.Packages.Elixir;
using Canary.Packages.Go;
using Canary.Packages.Jvm;
using Canary.Packages.Npm;
using Canary.Packages.NuGet;
using Canary.Packages.Php;
using Canary.Packages.Python;
using Canary.Packages.R;
using Canary.Packages.Ruby;
using Canary.Packages.Rust;
using Canary.Packages.Sources;
using Canary.Packages.Swift;

namespace Canary.Packages;

/// <summary>Every reader. A new one is a file of its own, a line here, and fixtures below <c>tests/fixtures/packages</c>.</summary>
public static class PackageFileReaders
{
    public static readonly IReadOnlyList<IPackageFileReader> All =
    [
        new GoModReader(),
        new GoSumReader(),
        new VendorModulesReader(),
        new GradleLockReader(),
        new GradleVerificationReader(),
        new PomReader(),
        new VersionCatalogReader(),
        new BunLockReader(),
        new DenoLockReader(),
        new PackageJsonReader(),
        new PackageLockReader(),
        new PnpmLockReader(),
        new YarnLockReader(),
        new AssetsReader(),
        new CakeReader(),
        new DepsReader(),
        new FileAppReader(),
        new GlobalJsonReader(),
        new NuGetLockReader(),
        new NuspecReader(),
        new PackagesConfigReader(),
        new PaketLockReader(),
        new ProjectReader(),
        new ScriptReader(),
        new ToolManifestReader(),
        new ComposerLockReader(),
        new InstalledMetadataReader(),
        new PdmLockReader(),
        new PipfileLockReader(),
        new PoetryLockReader(),
        new PylockReader(),
        new RequirementsReader(),
        new UvLockReader(),
        new GemfileLockReader(),
        new CargoLockReader(),
        new CargoManifestReader(),
        new ConanLockReader(),
        new MixLockReader(),
        new PackageResolvedReader(),
        new PodfileLockReader(),
        new PubspecLockReader(),
        new RenvLockReader(),
        new NpmrcReader(),
        new NuGetConfigReader(),
        new PipConfigReader(),
        new PyprojectReader(),
        new YarnrcReader(),
    ];
}
