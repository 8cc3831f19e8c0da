using System.Globalization;
using System.Text.Json;
using Canary.Alerts;
using Canary.Commands;
using Canary.Findings;
using Canary.Models.Gating;
using Canary.Text;
using Canary.Views;

namespace Canary.Guarding;

/// <summary>What <c>model guard</c> shows: lines for people, or NDJSON.</summary>
internal sealed class GuardView(TextWriter output, TextWriter error, bool json, bool quiet, Level least)
{
    private readonly Lock _gate = new();

    public void Ready(GatePolicy policy, IReadOnlyList<(string Path, FileGuarantee Guarantee)> files, int named)
    {
        if (json)
        {
            Write(JsonLine.Of("ready", w =>
            {
                w.WriteStartArray("sensors");
                w.WriteStartObject();
                w.WriteString("name", "model-gate");
                w.WriteString("tier", "fanotify");
                w.WriteNull("unavailable");
                w.WriteEndObject();
                w.WriteEndArray();
                w.WriteString("policy", policy.Word());
                w.WriteNumber("locked", named);
                w.WriteStartArray("files");
                foreach (var (path, guarantee) in files)
                {
                    w.WriteStartObject();
                    w.WriteString("path", path);
                    w.WriteString("guarantee", guarantee.Word());
                    w.WriteEndObject();
                }

                w.WriteEndArray();
            }));
        }
        else if (!quiet)
        {
            Write($"guarding {files.Count} of {named} locked files, policy {policy.Word()}; Ctrl+C ends it", error);
        }
    }

    public void Load(ModelLoad load)
    {
        if (json)
            Write(JsonLine.Of("model_load", w => Fields(w, load)));
        else if (!quiet && load.Answer == GateAnswer.Allowed)
        {
            string loader = Printable.Line(load.Loader.Image ?? "a process that is gone", 200);
            Write(Invariant($"{load.Answer.Word()} {Printable.Line(load.Path, 300)} to {loader} ({load.Loader.Pid}): {load.Reason.Word()}, {load.Detail}"));
        }
    }

    public void Guarantee(GateGuarantee word)
    {
        if (json)
        {
            Write(JsonLine.Of("guarantee", w =>
            {
                w.WriteString("path", word.Path);
                w.WriteString("guarantee", word.Guarantee.Word());
                w.WriteString("why", word.Why);
            }));
        }
        else if (!quiet)
        {
            Write($"{Printable.Line(word.Path, 300)}: {word.Guarantee.Word()}; {Printable.Line(word.Why, 300)}", error);
        }
    }

    public void Progress(GateProgress word)
    {
        if (json)
        {
            Write(JsonLine.Of("progress", w =>
            {
                w.WriteString("path", word.Path);
                w.WriteNumber("pid", word.Pid);
                w.WriteNumber("done", word.Done);
                w.WriteNumber("total", word.Total);
                w.WriteNumber("bytes_per_second", Math.Round(word.Rate));
            }));
        }
        else if (!quiet)
        {
            double percent = word.Total == 0 ? 0 : 100.0 * word.Done / word.Total;
            string size = ByteSize.Write(word.Total);
            Write(Invariant($"process {word.Pid} waits for {Printable.Line(word.Path, 300)}: {percent:0} % of {size}, {word.Rate / 1e6:0} MB/s"), error);
        }
    }

    public void Alert(Alert alert)
    {
        if (json)
        {
            Write(AlertJson.Write(alert));
            return;
        }

        if (alert.Level < least)
            return;
        lock (_gate)
        {
            PlainStory.Write(output, alert, whole: false);
            output.Flush();
        }
    }

    public void Note(string text)
    {
        if (json)
            Write(JsonLine.Of("note", w => w.WriteString("text", text)));
        else
            Write(Printable.Line(text, 1000), error);
    }

    public void Summary(long alerts, long loads, long denied, double seconds)
    {
        if (json)
        {
            Write(JsonLine.Of("summary", w =>
            {
                w.WriteNumber("alerts", alerts);
                w.WriteNumber("findings", 0);
                w.WriteNumber("files", loads);
                w.WriteNumber("packages", 0);
                w.WriteNumber("lost", 0);
                w.WriteNumber("seconds", Math.Round(seconds, 3));
                w.WriteNumber("loads", loads);
                w.WriteNumber("denied", denied);
            }));
        }
        else if (!quiet)
        {
            Write(Invariant($"{loads} loads, {denied} denied, {alerts} alerts, {seconds:0.0} s"), error);
        }
    }

    private static void Fields(Utf8JsonWriter w, ModelLoad load)
    {
        w.WriteString("time", load.Time);
        w.WriteStartObject("fields");
        foreach (var field in load.Names)
        {
            var value = load.Get(field);
            if (value.IsAbsent)
                continue;
            if (value.List is { } list)
            {
                w.WriteStartArray(field.Name);
                foreach (string entry in list)
                    w.WriteStringValue(entry);
                w.WriteEndArray();
            }
            else if (value.Kind == FieldKind.Number)
            {
                w.WriteNumber(field.Name, value.Number);
            }
            else
            {
                w.WriteString(field.Name, value.ToString());
            }
        }

        w.WriteEndObject();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Write(string line, TextWriter? to = null)
    {
        lock (_gate)
        {
            try
            {
                (to ?? output).Write(line + "\n");
                (to ?? output).Flush();
            }
            catch (IOException)
            {
                // The reader is gone, or its disk is full. The gate stands all the same, and the alerts are in the store.
            }
        }
    }
}
