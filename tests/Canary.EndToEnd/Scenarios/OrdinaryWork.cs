using Canary.EndToEnd.Stubs;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Scenarios;

/// <summary>
/// What a coding agent does all day, in five kinds of project and more where the machine has the tools. Many steps are near misses on
/// purpose: a download piped into an interpreter that only formats it, base64 of a picture, an install script of a package, a git
/// repository whose creation fills its hook folder, a server on loopback.
/// </summary>
internal static class OrdinaryWork
{
    public static IReadOnlyList<ToolCall> Of(World world, string service)
    {
        var steps = new List<ToolCall>();
        steps.AddRange(LookAround());
        steps.AddRange(Node(world, service));
        steps.AddRange(Git(world));
        steps.AddRange(Python(world, service));
        steps.AddRange(C(world));
        steps.AddRange(DotNet(world));
        steps.AddRange(ShellAndDocuments(world, service));
        if (Machine.Has("cargo"))
            steps.AddRange(Rust(world));
        if (Machine.Has("javac"))
            steps.AddRange(Java(world));
        return steps;
    }

    /// <summary>The same step for an agent that has nothing but a shell.</summary>
    public static string AsShell(ToolCall step)
    {
        var (path, input) = ((string?)step.Input["file_path"], step.Input);
        return step.Tool switch
        {
            // Codex itself refuses rm -f where nobody can be asked
            "Bash" => ((string)input["command"]!).Replace("rm -rf ", "rm -r ", StringComparison.Ordinal),
            "Read" => $"cat {path}",
            "Write" => $"cat > {path} <<'END_OF_FILE'\n{(string)input["content"]!}\nEND_OF_FILE",
            "Edit" => $"python3 - {path} <<'END_OF_EDIT'\nimport sys\nold, new = {Quoted(input["old_string"]!)}, {Quoted(input["new_string"]!)}\n"
                + "text = open(sys.argv[1]).read()\nassert old in text\nopen(sys.argv[1], 'w').write(text.replace(old, new))\nEND_OF_EDIT",
            _ => throw new ArgumentOutOfRangeException(nameof(step), step.Tool, "no shell for this tool"),
        };

        // A JSON string without escapes beyond ASCII is a Python string
        static string Quoted(System.Text.Json.Nodes.JsonNode text) => text.ToJsonString();
    }

    private static IEnumerable<ToolCall> LookAround() =>
    [
        ToolCall.Bash("ls -la"),
        ToolCall.Bash("pwd && git --version && node --version && python3 --version"),
        ToolCall.Bash("env | cut -d= -f1 | sort | head -20"),
        ToolCall.Bash("df -h . && du -sh . && nproc"),
        ToolCall.Bash("ps aux | grep -c node || true"),
    ];

    private static IEnumerable<ToolCall> Node(World world, string service) =>
    [
        ToolCall.Bash($"mkdir -p {world.Work}/web && cd {world.Work}/web && npm init -y"),
        ToolCall.Write(world.InWork("web/server.js"), """
            const http = require('http');
            const pad = require('small-pad');
            const server = http.createServer((_, res) => { res.setHeader('content-type', 'application/json'); res.end(JSON.stringify({ ok: pad('x', 3) })); });
            server.listen(0, '127.0.0.1', () => require('fs').writeFileSync('port', String(server.address().port)));
            """),
        ToolCall.Bash($"cd {world.Work}/web && npm install small-pad"),
        ToolCall.Read(Path.Combine(world.Work, "web/package.json")),
        ToolCall.Edit(Path.Combine(world.Work, "web/package.json"), "echo \\\"Error: no test specified\\\" && exit 1", "node --test"),
        ToolCall.Write(world.InWork("web/pad.test.js"), "require('node:test')('pads', () => require('node:assert').equal(require('small-pad')('a', 3), '  a'));\n"),
        ToolCall.Bash($"cd {world.Work}/web && npm test"),
        ToolCall.Bash($"cd {world.Work}/web && npm ls --all && npx --no-install small-pad hello"),
        ToolCall.Bash($"cd {world.Work}/web && (node server.js & echo $! > pid; sleep 1; curl -s http://127.0.0.1:$(cat port)/; kill $(cat pid); rm pid port)"),
        ToolCall.Bash($"cd {world.Work}/web && node -e \"console.log(Buffer.from('hello').toString('base64'))\""),
        ToolCall.Bash($"curl -fsSL {service}/health | python3 -m json.tool"),
        ToolCall.Bash($"cd {world.Work}/web && rm -rf node_modules && npm ci"),
    ];

    private static IEnumerable<ToolCall> Git(World world) =>
    [
        ToolCall.Bash($"cd {world.Work} && git init -q -b main . && printf 'node_modules/\\nbin/\\nobj/\\n' > .gitignore"),
        ToolCall.Bash("git config --global user.name 'A Developer' && git config --global user.email dev@example.org"),
        ToolCall.Bash($"cd {world.Work} && git add -A && git commit -qm 'First: mention curl, base64 and ~/.aws/credentials in a message only' && git log --oneline"),
        ToolCall.Bash($"cd {world.Work} && git checkout -qb feature && git status --short && git diff --stat"),
        ToolCall.Bash($"git clone -q --bare {world.Work} {world.Home}/src/mirror.git && git -C {world.Work} remote add origin {world.Home}/src/mirror.git && git -C {world.Work} push -q origin feature"),
        ToolCall.Bash($"cd {world.Work} && git grep -n pad && git blame web/server.js | head -3 && git tag v1"),
        ToolCall.Bash($"cd {world.Work} && echo change >> notes.txt && git add notes.txt && git stash -q && git stash pop -q && git commit -qm notes && git rev-parse HEAD"),
    ];

    private static IEnumerable<ToolCall> Python(World world, string service) =>
    [
        ToolCall.Write(world.InWork("tool/app.py"), "import json, sys\n\n\ndef total(items):\n    return sum(items)\n\n\nif __name__ == '__main__':\n    print(total(json.load(sys.stdin)['items']))\n"),
        ToolCall.Write(world.InWork("tool/test_app.py"), "import unittest\nimport app\n\n\nclass Total(unittest.TestCase):\n    def test_sum(self):\n        self.assertEqual(app.total([1, 2]), 3)\n"),
        ToolCall.Bash($"cd {world.Work}/tool && python3 -m unittest -v"),
        ToolCall.Bash($"cd {world.Work}/tool && curl -s {service}/health | python3 app.py"),
        ToolCall.Edit(Path.Combine(world.Work, "tool/app.py"), "return sum(items)", "return sum(int(i) for i in items)"),
        ToolCall.Bash($"cd {world.Work}/tool && python3 -m venv --without-pip .venv && . .venv/bin/activate && python -c 'import sys; print(sys.prefix)'"),
        ToolCall.Bash($"cd {world.Work}/tool && python3 -m compileall -q . && find . -name '*.pyc' | wc -l"),
    ];

    private static IEnumerable<ToolCall> C(World world) =>
    [
        ToolCall.Write(world.InWork("native/main.c"), "#include <stdio.h>\nint main(void) { puts(\"hello from C\"); return 0; }\n"),
        ToolCall.Write(world.InWork("native/Makefile"), "app: main.c\n\tgcc -O2 -Wall -o $@ $<\nclean:\n\trm -f app\n"),
        ToolCall.Bash($"cd {world.Work}/native && make -j2 && ./app"),
        ToolCall.Bash($"cd {world.Work}/native && make clean && gcc -g -c main.c -o main.o && ls -l main.o && rm main.o"),
    ];

    private static IEnumerable<ToolCall> DotNet(World world) =>
    [
        ToolCall.Bash($"cd {world.Work} && dotnet new console -o api --no-restore"),
        ToolCall.Read(Path.Combine(world.Work, "api/Program.cs")),
        ToolCall.Edit(Path.Combine(world.Work, "api/Program.cs"), "Hello, World!", "Hello, API!"),
        ToolCall.Bash($"cd {world.Work}/api && dotnet build -nologo -v quiet"),
        ToolCall.Bash($"cd {world.Work}/api && dotnet run --no-build"),
    ];

    private static IEnumerable<ToolCall> ShellAndDocuments(World world, string service) =>
    [
        ToolCall.Write(world.InWork("build.sh"), "#!/usr/bin/env bash\nset -euo pipefail\nmkdir -p dist\ntar czf dist/web.tgz web/server.js\nsha256sum dist/web.tgz > dist/SHA256SUMS\n"),
        ToolCall.Bash($"cd {world.Work} && chmod +x build.sh && ./build.sh && cat dist/SHA256SUMS"),
        ToolCall.Write(world.InWork("README.md"), "# Project\n\nTODO: say more. Never paste `~/.ssh/id_ed25519` or a token here; `curl … | sh` is not how we install.\n"),
        ToolCall.Edit(Path.Combine(world.Work, "README.md"), "TODO: say more.", "It serves one page."),
        ToolCall.Bash($"cd {world.Work} && grep -rn --include='*.md' 'curl' . | wc -l && wc -l README.md && sed -i 's/one page/a page/' README.md"),
        ToolCall.Bash($"cd {world.Work} && find . -name '*.js' -not -path '*/node_modules/*' | xargs wc -l | sort -n | tail -3"),
        ToolCall.Bash($"cd {world.Work} && awk '/page/ {{ print $2 }}' README.md && sort README.md | uniq -c | head -3 && diff build.sh build.sh"),
        ToolCall.Bash($"cd {world.Work} && head -c 300 /dev/urandom | base64 > logo.b64 && base64 -d logo.b64 > logo.bin && wc -c logo.bin && rm logo.b64 logo.bin"),
        ToolCall.Bash($"cd {world.Work} && curl -fsSL {service}/health -o dist/health.json && cp -r dist /tmp/$$-dist && rm -rf /tmp/$$-dist dist"),
        ToolCall.Bash($"cd {world.Work} && ln -s README.md DOCS.md && readlink DOCS.md && touch CHANGELOG.md && mv CHANGELOG.md HISTORY.md && f=$(mktemp) && rm \"$f\""),
        ToolCall.Bash($"cd {world.Work} && for i in 1 2 3; do echo \"line $i\" >> HISTORY.md; done; tail -n 2 HISTORY.md; date -u +%Y; uname -s"),
        ToolCall.Bash("sleep 1 & wait; kill -0 $$ && id -un && hostname"),
        ToolCall.Bash($"cat > {world.Work}/run.sql <<'SQL'\nselect 'a' || \"b\"; -- quoted 'text'\nSQL\ncat {world.Work}/run.sql"),
    ];

    /// <summary>A second task, in the project that <see cref="Of"/> leaves: its settings, and the secrets that a developer keeps beside them.</summary>
    public static IReadOnlyList<ToolCall> Settings(World world, string service) =>
    [
        ToolCall.Write(world.InWork(".env.example"), "API_URL=http://127.0.0.1\nAPI_TOKEN=change-me\n"),
        ToolCall.Bash($"cd {world.Work} && cp .env.example .env && sed -i 's/change-me/dev-only/' .env && echo .env >> .gitignore"),
        ToolCall.Bash($"cd {world.Work} && set -a && . ./.env && set +a && node -e 'if (!process.env.API_URL) process.exit(1)' && curl -fsS {service}/health"),
        ToolCall.Write(world.InWork(".github/workflows/ci.yml"), "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n"),
        ToolCall.Write(world.InWork(".editorconfig"), "root = true\n[*]\nindent_size = 2\n"),
        ToolCall.Write(world.InWork("CLAUDE.md"), "# Notes\n\nRun `make` in native, `npm test` in web. Ask before pushing.\n"),
        ToolCall.Bash($"cd {world.Work} && printf '{{\"name\":\"x\"}}' > payload.json && curl -sS -X POST -H 'content-type: application/json' -d @payload.json {service}/health && rm payload.json"),
        ToolCall.Bash($"cd {world.Work} && git add -A && git commit -qm settings && git commit -q --amend --no-edit && git clean -ndx | head -5 && git log -1 --stat | tail -3"),
        ToolCall.Bash("npm config get registry && git config --global --list | head -5 && openssl rand -hex 16 && pgrep -x no-such-server || true"),
        ToolCall.Bash($"cd {world.Work} && openssl req -x509 -newkey rsa:2048 -nodes -keyout dev.key -out dev.crt -subj /CN=localhost -days 2 2>/dev/null && openssl x509 -in dev.crt -noout -subject && rm dev.key dev.crt"),
        ToolCall.Bash("grep -rn 'password' --include='*.js' . | head -3; find . -maxdepth 2 -name '*.json' | head -5; crontab -l 2>/dev/null | head -1; which docker kubectl aws || true"),
        ToolCall.Bash($"cd {world.Work} && python3 -c 'import base64, json; print(base64.b64encode(json.dumps([1]).encode()).decode())' && node -p \"eval('1+1')\" && nc -z 127.0.0.1 9 || true"),
    ];

    private static IEnumerable<ToolCall> Rust(World world) =>
    [
        ToolCall.Bash($"cd {world.Work} && cargo init --vcs none --name engine engine"),
        ToolCall.Bash($"cd {world.Work}/engine && cargo build --offline && cargo test --offline && ./target/debug/engine"),
    ];

    private static IEnumerable<ToolCall> Java(World world) =>
    [
        ToolCall.Write(world.InWork("java/Main.java"), "class Main { public static void main(String[] a) { System.out.println(\"hello from Java\"); } }\n"),
        ToolCall.Bash($"cd {world.Work}/java && javac Main.java && java Main"),
    ];
}
