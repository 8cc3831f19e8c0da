namespace Canary.Models.Pickles;

/// <summary>
/// Runs a pickle without running it: stack, marks and memo are CPython's, and in place of objects stands what is known of them. What is
/// called, and by which instruction, goes to the sink the moment it would happen, so that a stream that breaks later hides nothing.
/// </summary>
internal sealed partial class PickleMachine(PickleReader reader, IPickleSink sink, PickleState state, PickleMachineOptions options)
{
    /// <summary>Of one stream.</summary>
    public const int MostOpcodes = 50_000_000;

    /// <summary>A value that is walked in more steps than this, and in a thousand times more than the stream has instructions, was made for it.</summary>
    private const long MostWeight = 1L << 28;

    /// <summary>An index of the memo this far beyond the instructions so far makes CPython allocate for nothing.</summary>
    private const int MostMemoGap = 100_000;

    private static readonly byte[] TorchMagic = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    private readonly long _start = reader.Position;
    private int _opcodes;
    private int _protocol;
    private bool _hasProto;
    private long _frameEnd = -1;
    private bool _heavy;
    private bool _newer;

    /// <summary>Whether PyTorch's restricted unpickler would take all of it.</summary>
    public WeightsOnly Restricted { get; } = new();

    /// <summary>Where the texts of the stream are to be kept, in their order; null for nowhere.</summary>
    public List<TextValue>? Texts { get; init; }

    /// <summary>Where the storages that the stream speaks of are to be kept; null for nowhere.</summary>
    public List<TupleValue>? Storages { get; init; }

    /// <summary>Instructions so far.</summary>
    public int Opcodes => _opcodes;

    /// <summary>Runs to STOP, which leaves the reader after it.</summary>
    /// <exception cref="BrokenPickle">The stream cannot be run further.</exception>
    public PickleValue Run()
    {
        long offset = reader.Position;
        try
        {
            while (true)
            {
                if ((++_opcodes & 0xffff) == 0)
                    options.Cancel.ThrowIfCancellationRequested();
                if (_opcodes > options.MostOpcodes)
                    throw new BrokenPickle("pickle-limit", $"more than {options.MostOpcodes:N0} instructions", reader.Position);
                offset = reader.Position;
                var step = reader.Next();
                Check(step);
                if (step.Opcode.Code == Op.Stop)
                    return Stop(step);
                Do(step);
            }
        }
        catch (BrokenPickle e) when (e.Offset < 0)
        {
            throw new BrokenPickle(e.Code, e.Message, offset);
        }
        finally
        {
            ReportUnused();
        }
    }

    private void Check(in PickleStep step)
    {
        Restricted.Sees(step.Opcode.Code);
        if (_frameEnd >= 0)
        {
            if (step.Offset >= _frameEnd)
                _frameEnd = -1;
            else if (reader.Position > _frameEnd)
                Report("pickle-frame-crossed", ModelVerdict.Deny, step.Offset, $"{step.Opcode.Name} reaches over the end of its frame");
        }

        if (!_newer && step.Opcode.Protocol > Math.Max(1, _protocol) && step.Opcode.Code != Op.Proto)
        {
            _newer = true;
            Report("pickle-opcode-newer", ModelVerdict.Unknown, step.Offset, $"{step.Opcode.Name} is newer than the protocol that the stream names");
        }
    }

    private PickleValue Stop(in PickleStep step)
    {
        var result = state.Pop();
        if (!state.IsEmpty)
            Report("pickle-stack-leftover", ModelVerdict.Unknown, step.Offset, "values are left on the stack at STOP, which no pickler leaves");
        if (_frameEnd > reader.Position)
            Report("pickle-frame-past-stop", ModelVerdict.Unknown, step.Offset, "the frame goes on after STOP");
        return result;
    }

    private void Do(in PickleStep step)
    {
        switch (step.Opcode.Code)
        {
            case Op.Proto: Proto(step); break;
            case Op.Frame: Frame(step); break;
            case Op.Mark: state.Mark(); break;
            case Op.Pop: state.PopOrUnmark(); break;
            case Op.PopMark: state.Drop(state.Unmark()); break;
            case Op.Dup: state.Push(state.Top()); break;
            case Op.None: state.Push(PlainValue.None); break;
            case Op.BinInt or Op.BinInt1 or Op.BinInt2 or Op.Int: state.Push(new NumberValue(step.Number)); break;
            case Op.Long or Op.Long1: state.Push(Long(step)); break;
            case Op.BinUnicode or Op.ShortBinUnicode or Op.BinUnicode8: Text(step, TextForm.Utf8); break;
            case Op.Unicode: Text(step, TextForm.RawUnicode); break;
            case Op.String: Text(step, TextForm.Escaped); break;
            case Op.BinString or Op.ShortBinString: Text(step, TextForm.Bytes); break;
            case Op.EmptyTuple: state.Push(TupleValue.Empty); break;
            case Op.Tuple1: Tuple(1); break;
            case Op.Tuple2: Tuple(2); break;
            case Op.Tuple3: Tuple(3); break;
            case Op.Tuple: Tuple(state.Unmark()); break;
            case Op.EmptyList: state.Push(new GrowingValue(GrowingKind.List)); break;
            case Op.EmptyDict: state.Push(new GrowingValue(GrowingKind.Dictionary)); break;
            case Op.EmptySet: state.Push(new GrowingValue(GrowingKind.Set)); break;
            case Op.List: Collect(GrowingKind.List); break;
            case Op.Dict: Collect(GrowingKind.Dictionary); break;
            case Op.FrozenSet: Collect(GrowingKind.FrozenSet); break;
            case Op.Append: Grow(1, step); break;
            case Op.SetItem: Grow(2, step); break;
            case Op.Appends or Op.AddItems or Op.SetItems: Grow(state.Unmark(), step); break;
            case Op.Get or Op.BinGet or Op.LongBinGet: Get(step); break;
            case Op.Put or Op.BinPut or Op.LongBinPut: Put(step); break;
            case Op.Memoize: state.Memoize(); break;
            case Op.NextBuffer:
                Report("pickle-out-of-band", ModelVerdict.Unknown, step.Offset, "bytes come from outside the pickle");
                state.Push(PlainValue.Plain);
                break;
            case Op.ReadOnlyBuffer: _ = state.Top(); break;
            case Op.Global or Op.StackGlobal or Op.Inst or Op.Ext1 or Op.Ext2 or Op.Ext4 or Op.PersId or Op.BinPersId: Import(step); break;
            case Op.Reduce or Op.Obj or Op.NewObj or Op.NewObjEx or Op.Build: Use(step); break;
            default: state.Push(PlainValue.Plain); break;
        }
    }

    private void Proto(in PickleStep step)
    {
        if (step.Offset != _start || _hasProto)
            Report("pickle-proto-misplaced", ModelVerdict.Deny, step.Offset, "PROTO stands within the stream");
        if (step.Number > 5)
            throw new BrokenPickle("pickle-protocol-unknown", $"protocol {step.Number} is not known", step.Offset);
        _hasProto = true;
        _protocol = (int)step.Number;
    }

    private void Frame(in PickleStep step)
    {
        if (_frameEnd > step.Offset)
            Report("pickle-frame-nested", ModelVerdict.Deny, step.Offset, "a frame begins within a frame");
        if (step.Number > reader.Length - reader.Position)
            throw new BrokenPickle("pickle-truncated", "a frame is longer than the file", step.Offset);
        _frameEnd = reader.Position + step.Number;
    }

    private PickleValue Long(in PickleStep step)
    {
        if (step.Number != long.MinValue)
            return new NumberValue(step.Number);
        bool magic = step.Opcode.Code == Op.Long1
            ? step.Length == 10 && reader.Read(step.Start, 10).AsSpan().SequenceEqual(TorchMagic)
            : step.Length is >= 24 and <= 25 && reader.Read(step.Start, 24).AsSpan().SequenceEqual("119547037146038801333356"u8);
        return magic ? PlainValue.TorchMagic : PlainValue.Plain;
    }

    private void Text(in PickleStep step, TextForm form)
    {
        var text = new TextValue(step.Start, step.Length, form);
        if (Texts is { Count: < PickleState.MostMemo })
            Texts.Add(text);
        state.Push(text);
    }

    private void Tuple(int count)
    {
        var tuple = new TupleValue(state.Last(count));
        state.Drop(count);
        state.Push(Weighed(tuple));
    }

    private void Collect(GrowingKind kind)
    {
        int count = state.Unmark();
        if (kind == GrowingKind.Dictionary && count % 2 != 0)
            throw new BrokenPickle("pickle-broken", "a dictionary has a key without a value", -1);
        var made = new GrowingValue(kind);
        Fill(made, state.Last(count));
        state.Drop(count);
        state.Push(Weighed(made));
    }

    private void Grow(int count, in PickleStep step)
    {
        bool pairs = step.Opcode.Code is Op.SetItem or Op.SetItems;
        var target = state.Under(count);
        if (pairs && count % 2 != 0)
            throw new BrokenPickle("pickle-broken", "a dictionary has a key without a value", -1);
        Restricted.Grows(target, pairs);
        switch (target)
        {
            case ImportedValue imported:
                Used(imported, step.Opcode.Name!, step.Offset);
                Report("pickle-changes-import", ModelVerdict.Deny, step.Offset, $"{step.Opcode.Name} changes something that was imported");
                break;
            case MadeValue { Maker: { } maker } when pairs && IsTensor(maker):
            case PersistentValue:
                Report("pickle-sets-tensor", ModelVerdict.Deny, step.Offset, $"{step.Opcode.Name} writes into the memory of a tensor");
                break;
            case MadeValue made:
                Fill(made, state.Last(count));
                break;
            case GrowingValue growing:
                if (pairs && _arrays)
                    Describe(growing, state.Last(count));
                Fill(growing, state.Last(count));
                break;
            default:
                Report("pickle-odd-target", ModelVerdict.Unknown, step.Offset, $"{step.Opcode.Name} is done to what cannot grow");
                break;
        }

        state.Drop(count);
        Weighed(target);
    }

    private static void Fill(GrowingValue into, ReadOnlySpan<PickleValue> values)
    {
        foreach (var value in values)
        {
            if (value != into)
                into.Add(value);
        }
    }

    private void Get(in PickleStep step)
    {
        var value = state.Get(step.Number);
        if (value is null)
            Report("pickle-memo-missing", ModelVerdict.Deny, step.Offset, $"{step.Opcode.Name} names a value of the memo that is not there");
        state.Push(value ?? PlainValue.Unresolved);
    }

    private void Put(in PickleStep step)
    {
        if (step.Number < 0)
            throw new BrokenPickle("pickle-broken", "PUT has a negative index", -1);
        if (step.Number > _opcodes + (long)MostMemoGap)
            Report("pickle-memo-index", ModelVerdict.Deny, step.Offset, $"{step.Opcode.Name} makes the loader allocate for an index that is far too large");
        state.Put(step.Number);
    }

    private PickleValue Weighed(PickleValue value)
    {
        if (!_heavy && value.Weight > Math.Max(MostWeight, _opcodes * 1000L))
        {
            _heavy = true;
            Report("pickle-expands", ModelVerdict.Unknown, reader.Position, "a few values contain each other so often that whoever walks them never ends");
        }

        return value;
    }

    private void Report(string code, ModelVerdict verdict, long offset, string why) => sink.Report(code, verdict, offset, why);
}

/// <param name="Arrays">Arrays lie within the stream where joblib writes them.</param>
internal sealed record PickleMachineOptions(bool Arrays, int MostOpcodes, CancellationToken Cancel);
