using System.Diagnostics;
using Canary.Alerts.Redaction;
using CsCheck;
using Xunit;

namespace Canary.Tests.Alerts.Redaction;

public sealed class RedactorTests
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly Redactor Redactor = new();

    /// <summary>Each says how the secret stands; <c>§</c> is where.</summary>
    private static readonly string[] Places =
    [
        "mysql -u root --password=§ db", "mysql --password § db", "mysql -p§ db", "sshpass -p § ssh host", "sshpass -p§ ssh host",
        "curl -u ann:§ https://example.org", "curl --user=x -uann:§ https://example.org", "curl https://ann:§@example.org/path",
        "git clone https://oauth2:§@example.org/a/b.git", "psql postgres://app:§@db/x", "PGPASSWORD=§ psql -h db", "env FOO_TOKEN=§ make",
        "export API_KEY='§' && run", "AWS_SECRET_ACCESS_KEY=§ aws s3 ls", "{\"password\":\"§\"}", "{\\\"client_secret\\\": \\\"§\\\"}",
        "curl https://example.org/?access_token=§&x=1", "curl -H 'Authorization: Bearer §' https://example.org",
        "curl -H Authorization: Basic § https://example.org", "curl -H \"X-Api-Key: §\" https://example.org", "curl -H PRIVATE-TOKEN: § x",
        "Server=db;Database=x;Password=§;Encrypt=true", "docker login -u ann -p § registry", "redis-cli -h cache -a § ping", "tool --api-key § go",
        "tool -token=§ go", "tool --auth-token=\"§\" go", "bash -c 'export DB_PASS=§'", "aws_secret_access_key = §", "npm config set //r/:_authToken=§",
        "openssl enc -aes-256-cbc -pass pass:§ -in f", "ssh-keygen -t ed25519 -N § -f k", "kubectl create secret generic x --from-literal=password=§",
        "curl -b x -H 'Cookie: sid=§; theme=dark' u", "powershell -Command $env:GITHUB_TOKEN='§'", "java -Dspring.datasource.password=§ -jar x.jar",
    ];

    private static readonly string[] Forms =
    [
        "AKIA########!", "ghp_§", "gho_§", "github_pat_11ABC_§", "glpat-§", "npm_§", "xoxb-1234-§", "sk_live_§", "rk_test_§", "sk-ant-api03-§", "sk-proj-§", "sk-1§",
        "AIza§", "ya29.§", "GOCSPX-§", "hf_§", "dckr_pat_§", "hvs.§", "SG.§", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.§",
        "https://hooks.slack.com/services/T0/B0/§", "pypi-AgEIcHlwaS5vcmc§§",
    ];

    private static readonly string[] Frames = ["echo {0}", "x '{0}'", "a=\"{0}\"", "{0}", "p/{0}", "[{0}]", "h,{0},t", "k:{0}"];

    public static TheoryData<string> Ordinary =>
    [
        "ls -la /home/ann/work", "git commit -m 'Fix token refresh in the parser'", "git push origin main", "git clone git@github.com:ann/repo.git",
        "grep -rn password src/", "grep -rn \"password:\" src/", "npm install --save-dev typescript@5.4.2", "npm run build -- --max-tokens 4096",
        "docker run -p 8080:80 --name web nginx:1.25", "docker build --secret id=npm,src=.npmrc .", "docker login --password-stdin registry",
        "kubectl get secret my-secret -o yaml", "gh secret set NAME --body-file f", "vault token lookup", "PWD=/home/ann OLDPWD=/tmp env",
        "python -m pytest -k 'token and not slow' -p no:cacheprovider", "mysql -u root db", "mkdir -p a/b/c", "cp -p a b", "ssh -p 22 host uptime",
        "curl -sS https://example.org/a?b=c&d=e", "curl -d @- http://127.0.0.1:8080/", "curl --password-file /run/secrets/pw https://example.org",
        "curl -u ann https://example.org", "curl -H 'Authorization: Bearer $TOKEN' https://example.org", "curl -H \"Authorization: Bearer ${TOKEN}\" x", "export TOKEN=$(cat /run/token)",
        "git show 3f2a9c4d5e6f708192a3b4c5d6e7f8091a2b3c4d", "sha256sum a; echo 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "claude --session-id 6a1f6c1e-5b0c-4c0e-9a0e-1f2a3b4c5d6e --resume", "dotnet build -c Release /p:Version=1.2.3", "node --max-old-space-size=4096 x.js",
        "cat ~/.aws/credentials | base64 | curl -d @- http://127.0.0.1:9/", "rg 'secret' --glob '!*.lock'", "sed -i 's/token=/key=/' f", "ssh-keygen -t ed25519 -f key",
        "sort --key=2 -t: /etc/passwd", "tool --token-file /run/t --password-stdin", "if [ \"$token\" == x ]; then echo; fi", "x => token => y", "task-runner sk-learn",
        "a = password ~= b", "author=ann keyboard=us monkey=7 bypass=1 tokenizer=bpe", "echo $PASSWORD", "-----BEGIN CERTIFICATE-----", "MIIB", "",
    ];

    [Theory]
    [MemberData(nameof(Ordinary))]
    public void An_ordinary_command_line_stays_as_it_is(string text) => Assert.Equal(text, Redactor.Redact(text));

    [Fact]
    public void No_secret_survives_in_any_of_its_places() =>
        Gen.Select(Gen.Char[Alphanumeric].Array[8, 60], Gen.Int[0, Places.Length - 1], Gen.Char["!#%+/=_-.,:x"].Array[0, 3]).Sample((letters, place, odd) =>
        {
            string secret = Secret(new string(letters));
            if (!Places[place].Contains("://", StringComparison.Ordinal) && !Places[place].Contains('?', StringComparison.Ordinal) && !Places[place].Contains(';', StringComparison.Ordinal))
                secret = secret.Insert(4, new string(odd));
            string text = Places[place].Replace("§", secret, StringComparison.Ordinal);
            AssertGone(text, secret);
        }, iter: 20_000);

    [Fact]
    public void No_token_that_is_known_by_its_form_survives_anywhere() =>
        Gen.Select(Gen.Char[Alphanumeric].Array[40, 60], Gen.Int[0, Forms.Length - 1], Gen.Int[0, Frames.Length - 1]).Sample((letters, form, frame) =>
        {
            string secret = Secret(new string(letters));
            string capitals = new([.. secret.Where(char.IsAsciiDigit).Concat("QWERTYUIOPASDFGH").Take(16)]);
            string token = Forms[form].Replace("########!", capitals, StringComparison.Ordinal).Replace("§", secret, StringComparison.Ordinal);
            string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, Frames[frame], token);
            AssertGone(text, Forms[form][0] == 'A' && Forms[form][1] == 'K' ? capitals : secret);
        }, iter: 20_000);

    [Fact]
    public void What_was_cut_once_stays_as_it_is() =>
        Gen.Select(Gen.Char[Alphanumeric].Array[8, 40], Gen.Int[0, Places.Length - 1]).Sample((letters, place) =>
        {
            string once = Redactor.Redact(Places[place].Replace("§", Secret(new string(letters)), StringComparison.Ordinal));
            return Redactor.Redact(once) == once;
        }, iter: 5_000);

    [Fact]
    public void The_beginning_stays_to_tell_one_from_another()
    {
        Assert.Equal("echo ghp_ab[redacted:github-token]", Redactor.Redact("echo ghp_abcdefghijklmnopqrstuvwxyz0123456789"));
        Assert.Equal("curl --password=hu[redacted:password] x", Redactor.Redact("curl --password=hunter22 x"));
        Assert.Equal("PGPASSWORD=[redacted:password] psql", Redactor.Redact("PGPASSWORD=abc psql"));
    }

    [Fact]
    public void A_private_key_is_cut_to_its_last_line()
    {
        string text = "echo '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nAAAA\n-----END OPENSSH PRIVATE KEY-----' > k";
        Assert.Equal("echo '-----BEGIN OPENSSH PRIVATE KEY-----[redacted:private-key]-----END OPENSSH PRIVATE KEY-----' > k", Redactor.Redact(text));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("password=${")]
    [InlineData("key=!")]
    [InlineData("authorization:${")]
    [InlineData("curl -u(")]
    [InlineData("-u(")]
    [InlineData("://a:")]
    [InlineData("eyJaaaaaaaaaaaa.")]
    [InlineData("-----BEGIN ")]
    [InlineData("token: \"")]
    [InlineData("--token -")]
    [InlineData("=")]
    [InlineData("cookie:")]
    [InlineData("sk-a.")]
    public void Time_is_linear_in_hostile_text(string part)
    {
        // Under half a second alone; quadratic time would be many minutes. The limit leaves room for a busy machine.
        string text = "curl " + string.Concat(Enumerable.Repeat(part, (1 << 20) / part.Length));
        var watch = Stopwatch.StartNew();
        Redactor.Redact(text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed} for 1 MiB of '{part}'");
    }

    [Fact]
    public void Any_text_goes_through() =>
        Gen.String.Sample(text => { Redactor.Redact(text); }, iter: 20_000);

    /// <summary>Letters and digits both, so that it looks like a secret and like no word.</summary>
    private static string Secret(string letters) => "Zq7" + letters + "9x";

    private static void AssertGone(string text, string secret)
    {
        string safe = Redactor.Redact(text);
        Assert.DoesNotContain(secret, safe, StringComparison.Ordinal);
        // Not the greater part of it either.
        Assert.DoesNotContain(secret[(secret.Length / 2)..], safe, StringComparison.Ordinal);
        Assert.Contains("[redacted:", safe, StringComparison.Ordinal);
    }
}
