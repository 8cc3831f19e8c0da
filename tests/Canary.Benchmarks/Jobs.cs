namespace Canary.Benchmarks;

/// <summary>Work whose wall time is measured.</summary>
internal sealed record Job(string Name, string What, Action Run)
{
    /// <param name="folder">A directory of the caller's, for what a job needs.</param>
    public static Job Create(string name, string folder, Options options)
    {
        int processes = options.Smoke ? 200 : 5000;
        return name switch
        {
            "true" => new Job(name, $"{processes:N0} times /bin/true", () => Shell.Run("/bin/bash", "-c", $"for ((i = 0; i < {processes}; i++)); do /bin/true; done")),
            "build" => Build(name, "dotnet build, not incremental", folder, "/bin/bash"),
            "agent-build" => Build(name, "the same, in an agent's session", folder, Agent(folder)),
            _ => throw new ArgumentException($"no job is called {name}"),
        };
    }

    private static Job Build(string name, string what, string folder, string shell)
    {
        string project = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        File.WriteAllText(Path.Combine(project, "Small.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
            </Project>
            """);
        for (int i = 0; i < 40; i++)
            File.WriteAllText(Path.Combine(project, $"Part{i}.cs"), $"namespace Small;\n\npublic sealed record Part{i}(string Name, int Number)\n{{\n    public string Words() => $\"{{Name}} {{Number}} {i}\";\n}}\n");
        File.WriteAllText(Path.Combine(project, "Program.cs"), "System.Console.WriteLine(new Small.Part7(\"a\", 1).Words());\n");
        // What is restored here keeps the network out of the measured runs.
        Shell.Run("dotnet", ["restore", "--nologo"], project);
        // No build server and no node that stays: each run does the same work.
        const string Command = "dotnet build --nologo --no-restore --no-incremental -nodeReuse:false -p:UseSharedCompilation=false -v quiet";
        return new Job(name, what, () => Shell.Run(shell, ["-c", Command + "; exit $?"], project));
    }

    // A shell under the name and in the place of a known agent, so that its tree is an agent session and traced in full.
    private static string Agent(string folder)
    {
        string place = Directory.CreateDirectory(Path.Combine(folder, "node_modules", "@anthropic-ai", "claude-code")).FullName;
        string agent = Path.Combine(place, "claude");
        File.Copy("/bin/bash", agent, overwrite: true);
        return agent;
    }
}
