using System.Globalization;
using System.Text;
using Canary.Findings;
using Canary.Rules;

namespace Canary.Benchmarks.Rules;

/// <summary>
/// Process creations of a Windows machine on which builds, shells, agents and administrators work, the same for the same seed. All text
/// of an event taken together has a median near 400 characters, a mean near 900, and once 50,000.
/// </summary>
internal sealed class WindowsWork(int seed)
{
    private const int LongestCommandLine = 49_600;

    private static readonly LogSource Source = new("windows", "process_creation");
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(seed);
    private readonly List<string> _words = [];

    public RecordSubject[] Events(int count)
    {
        var events = new RecordSubject[count];
        for (int i = 0; i < count; i++)
            events[i] = Event(i, i == count / 2);
        return events;
    }

    private RecordSubject Event(int index, bool longest)
    {
        string user = Pick("anna", "DESK-41\\dev", "CORP\\mueller", "CORP\\build-svc", "NT AUTHORITY\\SYSTEM", "DESK-41\\runner");
        string home = @"C:\Users\" + user[(user.IndexOf('\\') + 1)..];
        string repository = Pick(home + @"\source\repos\", @"D:\src\", @"C:\agent\_work\", home + @"\code\") + Word() + Pick("", "-api", ".Web", "-core");
        var act = longest ? Compiler(repository, LongestCommandLine) : _random.Next(100) switch
        {
            < 17 => Compiler(repository, Tail(3_000)),
            < 32 => Build(repository),
            < 43 => Node(home, repository),
            < 57 => Agent(home, repository),
            < 76 => Shell(home, repository),
            < 90 => Administration(),
            _ => Desktop(home),
        };
        string product = act.Product, company = act.Company;
        var fields = new List<KeyValuePair<string, FieldValue>>
        {
            Text("Image", act.Image), Text("CommandLine", act.CommandLine), Text("CurrentDirectory", act.Directory ?? repository + @"\"),
            Text("ParentImage", act.ParentImage), Text("ParentCommandLine", act.ParentCommandLine), Text("User", user),
            Text("OriginalFileName", act.Original), Text("Description", act.Description), Text("Product", product), Text("Company", company),
            Text("IntegrityLevel", user.StartsWith("NT", StringComparison.Ordinal) ? "System" : Pick("Medium", "Medium", "Medium", "High")),
            Text("Hashes", "MD5=" + Hex(32)), Text("LogonId", "0x" + Hex(6).ToLowerInvariant()),
            new("ProcessId", FieldValue.Of(_random.Next(400, 60_000))), new("ParentProcessId", FieldValue.Of(_random.Next(400, 60_000))),
        };
        return new RecordSubject(Source, fields, Start.AddMilliseconds(index * 40L));
    }

    private Act Compiler(string repository, int length)
    {
        var line = new StringBuilder();
        bool native = _random.Next(3) == 0;
        string tools = native ? @"C:\Program Files\Microsoft Visual Studio\2022\Professional\VC\Tools\MSVC\14.40.33807\bin\HostX64\x64\cl.exe" : @"C:\Program Files\dotnet\dotnet.exe";
        line.Append('"').Append(tools).Append('"');
        line.Append(native ? " /c /nologo /W4 /WX- /diagnostics:column /O2 /Oi /GL /std:c++20 /D NDEBUG /D _CONSOLE /D _UNICODE" : @" exec ""C:\Program Files\dotnet\sdk\10.0.100\Roslyn\bincore\csc.dll"" /noconfig /unsafe- /checked- /nowarn:1701,1702 /fullpaths /nostdlib+ /errorreport:prompt /warn:9 /define:TRACE;RELEASE;NET10_0");
        do
        {
            line.Append(native
                ? $" /I\"{repository}\\{Word()}\\include\" /Fo\"x64\\Release\\{Word()}.obj\" {Word()}.cpp"
                : $@" /reference:{(_random.Next(2) == 0 ? @"C:\Program Files\dotnet\packs\Microsoft.NETCore.App.Ref\10.0.0\ref\net10.0\" : repository + @"\packages\")}{Name()}.dll");
        }
        while (line.Length < length);
        return new Act(tools, line.ToString(), native ? "CL.exe" : ".NET Host", native ? "Microsoft® C/C++ Compiler Driver" : ".NET Host")
        {
            ParentImage = @"C:\Program Files\Microsoft Visual Studio\2022\Professional\MSBuild\Current\Bin\amd64\MSBuild.exe",
            ParentCommandLine = @"MSBuild.exe /nologo /nodemode:1 /nodeReuse:true /low:false",
        };
    }

    private Act Build(string repository) => _random.Next(5) switch
    {
        0 => new(@"C:\Program Files\dotnet\dotnet.exe", $@"""C:\Program Files\dotnet\dotnet.exe"" build {repository}\{Name()}.csproj -c Release --no-restore /p:Version={Version()} /bl:{Word()}.binlog", ".NET Host", ".NET Host") { ParentImage = Terminal(), ParentCommandLine = "pwsh.exe -NoLogo" },
        1 => new($@"{repository}\.cargo\bin\rustc.exe", $@"rustc.exe --crate-name {Word()} --edition=2021 {repository}\src\lib.rs --error-format=json --crate-type lib --emit=dep-info,metadata,link -C opt-level=3 -C metadata={Hex(16).ToLowerInvariant()} -C extra-filename=-{Hex(16).ToLowerInvariant()} --out-dir {repository}\target\release\deps -L dependency={repository}\target\release\deps --extern {Word()}={repository}\target\release\deps\lib{Word()}-{Hex(16).ToLowerInvariant()}.rlib --cap-lints allow", "", "") { Product = "", Company = "", ParentImage = $@"{repository}\.cargo\bin\cargo.exe", ParentCommandLine = "cargo build --release" },
        2 => new(@"C:\Program Files\Git\cmd\git.exe", $"git.exe {Pick("status --porcelain=v2 -z", "rev-parse --show-toplevel", $"fetch origin refs/heads/{Word()}", $"log -1 --format=%H -- {Word()}/{Word()}.cs", "diff --no-ext-diff --cached --name-only", $"commit -m \"{Sentence(6)}\"")}", "git.exe", "Git for Windows") { Product = "Git", Company = "The Git Development Community", ParentImage = @"C:\Program Files\Microsoft VS Code\Code.exe", ParentCommandLine = @"""C:\Program Files\Microsoft VS Code\Code.exe"" --type=utility --utility-sub-type=node.mojom.NodeService --lang=en-US" },
        3 => new(@"C:\Program Files\CMake\bin\cmake.exe", $@"cmake.exe -S {repository} -B {repository}\build -G Ninja -DCMAKE_BUILD_TYPE=Release -D{Word().ToUpperInvariant()}_ROOT={repository}\{Word()} --log-level=NOTICE", "cmake.exe", "CMake") { Product = "CMake", Company = "Kitware", ParentImage = Terminal(), ParentCommandLine = "powershell.exe -NoExit" },
        _ => new(@"C:\Windows\System32\cmd.exe", $@"C:\Windows\system32\cmd.exe /q /c """"{repository}\eng\{Word()}.cmd"" -restore -{Word()} {Word()} /p:{Word()}={Word()}""", "Cmd.Exe", "Windows Command Processor") { ParentImage = @"C:\Program Files\dotnet\dotnet.exe", ParentCommandLine = "dotnet msbuild" },
    };

    private Act Node(string home, string repository) => _random.Next(3) switch
    {
        0 => new(@"C:\Program Files\nodejs\node.exe", $@"""C:\Program Files\nodejs\node.exe"" ""C:\Program Files\nodejs\node_modules\npm\bin\npm-cli.js"" {Pick("ci --no-audit", "run build", $"install {Word()}@{Version()}", "test -- --runInBand", $"view {Word()} dist-tags --json")}", "node.exe", "Node.js JavaScript Runtime") { Product = "Node.js", Company = "Node.js", ParentImage = @"C:\Windows\System32\cmd.exe", ParentCommandLine = $@"C:\Windows\system32\cmd.exe /d /s /c ""npm run {Word()}""" },
        1 => new(@"C:\Program Files\nodejs\node.exe", $@"""C:\Program Files\nodejs\node.exe"" --max-old-space-size=8192 {repository}\node_modules\{Word()}\bin\{Word()}.js {Arguments(_random.Next(2, 14))}", "node.exe", "Node.js JavaScript Runtime") { Product = "Node.js", Company = "Node.js", ParentImage = @"C:\Program Files\nodejs\node.exe", ParentCommandLine = $@"node {repository}\node_modules\.bin\{Word()}" },
        _ => new($@"{home}\AppData\Local\Programs\Python\Python312\python.exe", $@"{home}\AppData\Local\Programs\Python\Python312\python.exe -m {Pick("pytest", "pip install -r requirements.txt", "black", "mypy", "uvicorn", "build")} {Arguments(_random.Next(1, 9))}", "python.exe", "Python") { Product = "Python", Company = "Python Software Foundation", ParentImage = Terminal(), ParentCommandLine = "pwsh" },
    };

    private Act Agent(string home, string repository)
    {
        string agent = Pick(home + @"\.local\bin\claude.exe", home + @"\AppData\Roaming\npm\node_modules\@openai\codex\vendor\x86_64-pc-windows-msvc\codex\codex.exe", home + @"\AppData\Local\Programs\cursor\Cursor.exe");
        string script = Pick(
            $"cd '{repository}'; Get-ChildItem -Recurse -Filter *.cs | Select-String -Pattern '{Word()}' | Select-Object -First 40",
            $"git diff HEAD~1 -- src/{Word()}.ts && npm test 2>&1 | tail -50",
            $"rg --line-number --hidden '{Word()}\\({Word()}' src tests | head -n 80",
            $"python - <<'EOF'\nimport json,sys\nd=json.load(open('{Word()}.json'))\nprint(len(d['{Word()}']))\nEOF",
            $"Get-Content {Word()}.log -Tail 200 | ForEach-Object {{ $_ -replace '{Word()}','{Word()}' }}",
            $"curl -s http://localhost:{_random.Next(3000, 9000)}/api/{Word()} | jq '.items[] | {{id, {Word()}}}'",
            $"$env:{Word().ToUpperInvariant()}='{Word()}'; dotnet test --filter {Name()} --logger 'console;verbosity=normal'");
        bool bash = _random.Next(2) == 0;
        string shell = bash ? @"C:\Program Files\Git\bin\bash.exe" : Pick(@"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", @"C:\Program Files\PowerShell\7\pwsh.exe");
        string line = bash
            ? $@"""{shell}"" -c -l ""source {home.Replace('\\', '/')}/.claude/shell-snapshots/snapshot-bash-{_random.NextInt64(1_700_000_000_000, 1_800_000_000_000)}-{Word()}.sh && eval '{script}' \< /dev/null && pwd -P >| /tmp/claude-{Hex(4).ToLowerInvariant()}-cwd"""
            : $@"""{shell}"" -NoProfile -Command ""{script}""";
        return new Act(shell, line, bash ? "bash.exe" : "PowerShell.EXE", bash ? "" : "Windows PowerShell") { ParentImage = agent, ParentCommandLine = $@"""{agent}"" {Pick("", "--resume", "--model opus", "exec --json")}" };
    }

    private Act Shell(string home, string repository) => _random.Next(6) switch
    {
        0 => new(@"C:\Windows\System32\cmd.exe", $@"C:\WINDOWS\system32\cmd.exe /c dir /s /b {repository}\*.{Word()}", "Cmd.Exe", "Windows Command Processor") { ParentImage = @"C:\Windows\explorer.exe", ParentCommandLine = @"C:\WINDOWS\Explorer.EXE" },
        1 => new(@"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", $@"powershell.exe -NoProfile -ExecutionPolicy RemoteSigned -File ""{repository}\scripts\{Word()}.ps1"" -{Word()} {Word()} -Verbose", "PowerShell.EXE", "Windows PowerShell") { ParentImage = Terminal(), ParentCommandLine = Terminal() },
        2 => new(@"C:\Windows\System32\conhost.exe", @"\??\C:\WINDOWS\system32\conhost.exe 0xffffffff -ForceV1", "CONHOST.EXE", "Console Window Host") { ParentImage = @"C:\Windows\System32\cmd.exe", ParentCommandLine = "cmd.exe" },
        3 => new(@"C:\Windows\System32\where.exe", "where " + Word(), "where.exe", "Where - Lists location of files") { ParentImage = @"C:\Windows\System32\cmd.exe", ParentCommandLine = $"cmd /c where {Word()}" },
        4 => new(@"C:\Windows\System32\findstr.exe", $@"findstr /s /i /n ""{Word()}"" *.{Pick("cs", "json", "txt", "xml")}", "FINDSTR.EXE", "Find String (QGREP) Utility") { ParentImage = @"C:\Windows\System32\cmd.exe", ParentCommandLine = "cmd" },
        _ => new(@"C:\Windows\System32\xcopy.exe", $@"xcopy /y /d ""{repository}\{Word()}\bin\Release\net10.0\*.*"" ""{home}\deploy\{Word()}\""", "XCOPY.EXE", "Extended Copy Utility") { ParentImage = @"C:\Windows\System32\cmd.exe", ParentCommandLine = $@"cmd.exe /C {Word()}.bat" },
    };

    private Act Administration()
    {
        var (name, line, what) = _random.Next(10) switch
        {
            0 => ("sc.exe", $"sc query {Word()}", "Service Control Manager Configuration Tool"),
            1 => ("ipconfig.exe", "ipconfig", "IP Configuration Utility"),
            2 => ("tasklist.exe", $@"tasklist /fi ""imagename eq {Word()}.exe""", "Lists the current running tasks"),
            3 => ("schtasks.exe", $@"schtasks /query /tn ""\Corp\{Word()}"" /fo LIST", "Task Scheduler Configuration Tool"),
            4 => ("robocopy.exe", $@"robocopy D:\{Word()} \\files01\{Word()}$\{Word()} /mir /mt:16 /r:1 /w:1 /np /log:C:\logs\{Word()}.log", "Microsoft Robocopy"),
            5 => ("reg.exe", $@"reg query HKLM\SOFTWARE\{Word()}\{Word()} /v {Word()}", "Registry Console Tool"),
            6 => ("msiexec.exe", $@"msiexec /i ""\\files01\packages\{Word()}-{Version()}.msi"" /qn /l*v C:\logs\{Word()}.log", "Windows® installer"),
            7 => ("gpupdate.exe", "gpupdate /target:computer", "Microsoft® Group Policy Update Utility"),
            8 => ("svchost.exe", $@"C:\WINDOWS\system32\svchost.exe -k {Pick("netsvcs -p", "LocalServiceNetworkRestricted -p", "UnistackSvcGroup", "wsappx -p")} -s {Word()}", "Host Process for Windows Services"),
            _ => ("taskhostw.exe", "taskhostw.exe {" + Hex(8) + "-" + Hex(4) + "-" + Hex(4) + "-" + Hex(4) + "-" + Hex(12) + "}", "Host Process for Windows Tasks"),
        };
        bool host = name is "svchost.exe" or "taskhostw.exe";
        return new Act(@"C:\Windows\System32\" + name, line, name, what)
        {
            Directory = @"C:\WINDOWS\system32\",
            ParentImage = host ? @"C:\Windows\System32\services.exe" : Pick(@"C:\Windows\System32\cmd.exe", @"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"),
            ParentCommandLine = host ? @"C:\WINDOWS\system32\services.exe" : Pick("cmd.exe", "powershell"),
        };
    }

    private Act Desktop(string home)
    {
        string program = Pick(@"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe", @"C:\Program Files\Google\Chrome\Application\chrome.exe", home + @"\AppData\Local\Microsoft\Teams\current\Teams.exe", home + @"\AppData\Local\slack\app-4.41.105\slack.exe");
        string name = program[(program.LastIndexOf('\\') + 1)..];
        return new Act(program, $@"""{program}"" --type={Pick("renderer", "utility", "gpu-process", "crashpad-handler")} --field-trial-handle={_random.Next(1000, 9999)},i,{_random.NextInt64(1L << 60)},{_random.NextInt64(1L << 60)},262144 --lang=en-US --{Word()}-{Word()} --enable-features={Name()},{Name()} --variations-seed-version --mojo-platform-channel-handle={_random.Next(1000, 9999)} /prefetch:{_random.Next(1, 9)}", name, Pick("Microsoft Edge", "Google Chrome", "Slack"))
        {
            Product = "Browser",
            Company = "Vendor Corporation",
            Directory = program[..(program.LastIndexOf('\\') + 1)],
            ParentImage = program,
            ParentCommandLine = $@"""{program}"" --no-startup-window --win-session-start",
        };
    }

    private string Arguments(int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => _random.Next(4) switch
    {
        0 => "--" + Word() + "=" + Word(),
        1 => @"src\" + Word() + @"\" + Word() + ".ts",
        2 => "-" + Word()[..1] + " " + Word(),
        _ => "--" + Word() + "-" + Word(),
    }));

    private string Terminal() => Pick(@"C:\Windows\explorer.exe", @"C:\Program Files\PowerShell\7\pwsh.exe", @"C:\Windows\System32\cmd.exe");

    private string Name() => string.Join('.', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => char.ToUpperInvariant(Word()[0]) + Word()[1..]));

    private string Version() => string.Create(CultureInfo.InvariantCulture, $"{_random.Next(20)}.{_random.Next(30)}.{_random.Next(10)}");

    private string Sentence(int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word()));

    /// <summary>A word of a vocabulary of some thousands, the frequent ones often, as in any text.</summary>
    private string Word()
    {
        int at = (int)(3_000 * Math.Pow(_random.NextDouble(), 3));
        while (_words.Count <= at)
            _words.Add(NewWord());
        return _words[at];
    }

    private string NewWord()
    {
        string[] known = ["app", "test", "core", "data", "http", "server", "client", "config", "module", "index", "cache", "stream", "report", "user", "order", "build", "common", "model", "service", "query", "parser", "token", "event", "queue", "store", "widget", "layout", "theme", "export", "import", "schema", "worker"];
        if (_random.Next(3) == 0)
            return known[_random.Next(known.Length)];
        string[] syllables = ["ra", "le", "con", "ti", "ver", "me", "sto", "pla", "ne", "do", "ki", "bur", "ex", "sha", "lo", "mi", "per", "qua", "zen", "tor", "fa", "gri", "pen", "wi"];
        return string.Concat(Enumerable.Range(0, _random.Next(2, 5)).Select(_ => syllables[_random.Next(syllables.Length)]));
    }

    /// <summary>Lengths with a heavy tail: most near the least, few twenty times that.</summary>
    private int Tail(int least) => (int)Math.Min(30_000, least * 0.35 / Math.Pow(1 - _random.NextDouble(), 0.75));

    private string Hex(int digits) => _random.GetHexString(digits);

    private string Pick(params ReadOnlySpan<string> of) => of[_random.Next(of.Length)];

    private static KeyValuePair<string, FieldValue> Text(string name, string value) => new(name, FieldValue.Of(value));

    /// <summary>One start of a program.</summary>
    private sealed record Act(string Image, string CommandLine, string Original, string Description)
    {
        public string Product { get; init; } = "Microsoft® Windows® Operating System";

        public string Company { get; init; } = "Microsoft Corporation";

        public string ParentImage { get; init; } = "";

        public string ParentCommandLine { get; init; } = "";

        public string? Directory { get; init; }
    }
}
