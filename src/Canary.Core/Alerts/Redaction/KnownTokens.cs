using System.Buffers;

namespace Canary.Alerts.Redaction;

/// <summary>Secrets that are known by their own form, wherever they stand: issuers mark them so that they can be found.</summary>
internal sealed class KnownTokens
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<char> Word = SearchValues.Create(Alphanumeric + "_-");
    private static readonly SearchValues<char> Plain = SearchValues.Create(Alphanumeric);
    private static readonly SearchValues<char> Capital = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly SearchValues<char> Dotted = SearchValues.Create(Alphanumeric + "_-.");
    private static readonly SearchValues<char> Pathlike = SearchValues.Create(Alphanumeric + "_-/");
    private static readonly SearchValues<char> Base64 = SearchValues.Create(Alphanumeric + "_-+/=.~");

    // Prefix, what follows it, at least so many of these, kind. Longer prefixes first among those that begin alike.
    private static readonly Form[] Forms =
    [
        new("AKIA", Capital, 16, "aws-key-id"), new("ASIA", Capital, 16, "aws-key-id"), new("ABIA", Capital, 16, "aws-key-id"), new("ACCA", Capital, 16, "aws-key-id"),
        new("ghp_", Plain, 20, "github-token"), new("gho_", Plain, 20, "github-token"), new("ghu_", Plain, 20, "github-token"),
        new("ghs_", Plain, 20, "github-token"), new("ghr_", Plain, 20, "github-token"), new("github_pat_", Word, 20, "github-token"),
        new("glpat-", Dotted, 16, "gitlab-token"), new("gldt-", Dotted, 16, "gitlab-token"), new("glrt-", Dotted, 16, "gitlab-token"),
        new("glcbt-", Dotted, 16, "gitlab-token"), new("glptt-", Dotted, 16, "gitlab-token"), new("glft-", Dotted, 16, "gitlab-token"),
        new("glsoat-", Dotted, 16, "gitlab-token"), new("gloas-", Dotted, 16, "gitlab-token"), new("glagent-", Dotted, 16, "gitlab-token"),
        new("npm_", Plain, 30, "npm-token"), new("pypi-", Word, 50, "pypi-token"),
        new("xoxa-", Word, 10, "slack-token"), new("xoxb-", Word, 10, "slack-token"), new("xoxp-", Word, 10, "slack-token"),
        new("xoxr-", Word, 10, "slack-token"), new("xoxs-", Word, 10, "slack-token"), new("xoxe.", Dotted, 10, "slack-token"),
        new("xoxe-", Word, 10, "slack-token"), new("xoxc-", Word, 10, "slack-token"), new("xoxd-", Base64, 10, "slack-token"), new("xapp-", Word, 10, "slack-token"),
        new("hooks.slack.com/services/", Pathlike, 10, "slack-webhook"),
        new("sk_live_", Plain, 16, "stripe-key"), new("sk_test_", Plain, 16, "stripe-key"), new("rk_live_", Plain, 16, "stripe-key"),
        new("rk_test_", Plain, 16, "stripe-key"), new("whsec_", Base64, 16, "stripe-key"),
        new("sk-ant-", Word, 16, "anthropic-key"), new("sk-proj-", Word, 16, "openai-key"), new("sk-svcacct-", Word, 16, "openai-key"),
        new("sk-or-", Word, 20, "openrouter-key"), new("sk-", Word, 20, "openai-key"),
        new("AIza", Word, 30, "google-key"), new("ya29.", Dotted, 20, "google-token"), new("GOCSPX-", Word, 20, "google-secret"),
        new("hf_", Plain, 30, "huggingface-token"), new("gsk_", Plain, 30, "groq-key"), new("xai-", Plain, 40, "xai-key"), new("r8_", Plain, 30, "replicate-token"),
        new("pplx-", Plain, 30, "perplexity-key"), new("dop_v1_", Plain, 40, "digitalocean-token"), new("doo_v1_", Plain, 40, "digitalocean-token"),
        new("SG.", Dotted, 30, "sendgrid-key"), new("shpat_", Plain, 20, "shopify-token"), new("shpss_", Plain, 20, "shopify-token"),
        new("dckr_pat_", Word, 20, "docker-token"), new("hvs.", Word, 20, "vault-token"), new("lin_api_", Plain, 20, "linear-key"),
        new("ATATT3", Base64, 40, "atlassian-token"), new("AGE-SECRET-KEY-1", Capital, 40, "age-key"), new("NRAK-", Capital, 20, "newrelic-key"),
        new("tskey-", Word, 20, "tailscale-key"), new("sbp_", Plain, 30, "supabase-token"), new("ntn_", Plain, 30, "notion-token"),
        new("EAACEdEose0cBA", Plain, 10, "facebook-token"), new("sq0atp-", Word, 20, "square-token"), new("crates_io_", Plain, 20, "crates-token"),
    ];

    private static readonly SearchValues<char> Starts = SearchValues.Create([.. Forms.Select(f => f.Prefix[0]).Append('e').Append('B').Append('b').Distinct()]);

    private readonly ILookup<char, Form> _byStart = Forms.ToLookup(f => f.Prefix[0]);

    /// <summary>A token that begins exactly here.</summary>
    public bool Match(string text, int at, out int end, out int keep, out string kind)
    {
        (end, keep, kind) = (at, 0, "");
        if (!Starts.Contains(text[at]))
            return false;
        var rest = text.AsSpan(at);
        if (rest.StartsWith("eyJ", StringComparison.Ordinal) && WebToken(rest) is > 0 and var length)
        {
            (end, keep, kind) = (at + length, 6, "jwt");
            return true;
        }

        if (rest.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && Run(rest[7..], Base64) is >= 16 and var bearer)
        {
            (end, keep, kind) = (at + 7 + bearer, 11, "bearer-token");
            return true;
        }

        foreach (var form in _byStart[text[at]])
        {
            if (!rest.StartsWith(form.Prefix, StringComparison.Ordinal))
                continue;
            int run = Run(rest[form.Prefix.Length..], form.Characters);
            if (run < form.Least || (form.Prefix == "sk-" && !rest.Slice(3, run).ContainsAnyInRange('0', '9')))
                continue;
            (end, keep, kind) = (at + form.Prefix.Length + run, form.Prefix.Length + 2, form.Kind);
            return true;
        }

        return false;
    }

    /// <summary>Header, payload and perhaps a signature, parted by dots.</summary>
    private static int WebToken(ReadOnlySpan<char> text)
    {
        int header = Run(text, Word);
        if (header < 12 || header + 1 >= text.Length || text[header] != '.')
            return 0;
        int payload = Run(text[(header + 1)..], Word);
        if (payload < 4)
            return 0;
        int end = header + 1 + payload;
        return end < text.Length && text[end] == '.' ? end + 1 + Run(text[(end + 1)..], Word) : end;
    }

    private static int Run(ReadOnlySpan<char> text, SearchValues<char> characters) => text.IndexOfAnyExcept(characters) is >= 0 and var end ? end : text.Length;

    private sealed record Form(string Prefix, SearchValues<char> Characters, int Least, string Kind);
}
