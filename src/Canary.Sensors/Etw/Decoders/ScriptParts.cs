using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Joins the parts of a script block, so that no rule misses what stands across a joint. Bounded: what is too long, or never
/// complete, is told as it is, and said to be partial.
/// </summary>
internal sealed class ScriptParts
{
    private const int MostParts = 256, MostBlocks = 64, MostCharacters = 4 << 20, MostInAll = 16 << 20;
    private const long WaitNs = 5_000_000_000;

    private readonly Dictionary<(ProcessKey, string), Block> _blocks = [];
    private int _characters;

    public void Add(ScriptRun part, int number, int total, EtwCounts counts, List<SensorEvent> into)
    {
        Flush(part.AtNs, counts, into);
        if (total <= 1)
        {
            into.Add(part);
            return;
        }

        var key = (part.Actor, part.Id ?? "");
        bool known = _blocks.TryGetValue(key, out var block);
        if (number < 1 || number > total || total > MostParts || (known && block!.Parts.Length != total))
        {
            counts.PartialScripts++;
            into.Add(part with { Partial = true });
            return;
        }

        while (!known && _blocks.Count > 0 && (_blocks.Count >= MostBlocks || _characters + part.Text.Length > MostInAll))
            Give(_blocks.MinBy(b => b.Value.First.AtNs).Key, counts, into);
        if (!known)
            _blocks[key] = block = new Block(part, total);
        if (block!.Put(number - 1, part))
            _characters += part.Text.Length;
        if (block.Missing == 0 || block.Characters > MostCharacters || _characters > MostInAll)
            Give(key, counts, into);
    }

    public void Flush(long nowNs, EtwCounts counts, List<SensorEvent> into)
    {
        if (_blocks.Count == 0)
            return;
        foreach (var key in _blocks.Where(b => nowNs - b.Value.First.AtNs > WaitNs).Select(b => b.Key).ToArray())
            Give(key, counts, into);
    }

    private void Give((ProcessKey, string) key, EtwCounts counts, List<SensorEvent> into)
    {
        if (!_blocks.Remove(key, out var block))
            return;
        _characters -= block.Characters;
        if (block.Missing > 0)
            counts.PartialScripts++;
        into.Add(block.First with { Text = string.Concat(block.Parts), Partial = block.Missing > 0 || block.Cut });
    }

    private sealed class Block(ScriptRun first, int total)
    {
        public ScriptRun First { get; } = first;
        public string?[] Parts { get; } = new string?[total];
        public int Missing { get; private set; } = total;
        public int Characters { get; private set; }
        public bool Cut { get; private set; }

        public bool Put(int index, ScriptRun part)
        {
            if (Parts[index] is not null)
                return false;
            Parts[index] = part.Text;
            Missing--;
            Characters += part.Text.Length;
            Cut |= part.Partial;
            return true;
        }
    }
}
