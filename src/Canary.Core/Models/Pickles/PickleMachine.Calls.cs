namespace Canary.Models.Pickles;

/// <summary>Imports, and what is done with them.</summary>
internal sealed partial class PickleMachine
{
    /// <summary>Names that are kept until the end of a stream, to tell those that nothing used.</summary>
    private const int MostNames = 10_000;

    private readonly Dictionary<(string Module, string Name), ImportedValue> _names = [];

    private void Import(in PickleStep step)
    {
        switch (step.Opcode.Code)
        {
            case Op.Global:
                state.Push(Named(Line(step.Start, step.Length), Line(step.Second, step.SecondLength), step));
                break;
            case Op.StackGlobal:
                var name = state.Pop();
                var module = state.Pop();
                state.Push(Named(Word(module), Word(name), step));
                break;
            case Op.Inst:
                var maker = Named(Line(step.Start, step.Length), Line(step.Second, step.SecondLength), step);
                var arguments = new TupleValue(state.Last(state.Unmark()));
                state.Drop(arguments.Count);
                state.Push(Call(maker, arguments, step));
                break;
            case Op.PersId:
                Report("pickle-persistent-id", ModelVerdict.Unknown, step.Offset, "what a persistent id stands for is the loader's matter");
                state.Push(new PersistentValue(PlainValue.Plain));
                break;
            case Op.BinPersId:
                state.Push(Persistent(state.Pop(), step));
                break;
            default:
                Report("pickle-extension", ModelVerdict.Deny, step.Offset,
                    $"{step.Opcode.Name} calls on number {step.Number} of a registry that only the loader has");
                Restricted.Refuse();
                state.Push(PlainValue.Unresolved);
                break;
        }
    }

    private void Use(in PickleStep step)
    {
        switch (step.Opcode.Code)
        {
            case Op.Reduce or Op.NewObj:
                var arguments = state.Pop();
                state.Push(Call(state.Pop(), arguments, step));
                break;
            case Op.NewObjEx:
                _ = state.Pop();
                var plain = state.Pop();
                state.Push(Call(state.Pop(), plain, step));
                break;
            case Op.Obj:
                int count = state.Unmark();
                if (count == 0)
                    throw new BrokenPickle("pickle-broken", "OBJ names no class", -1);
                var values = state.Last(count);
                var (called, given) = (values[0], new TupleValue(values[1..]));
                state.Drop(count);
                state.Push(Call(called, given, step));
                break;
            default:
                Build(step);
                break;
        }
    }

    private PickleValue Named(string? module, string? name, in PickleStep step)
    {
        if (module is not { Length: > 0 } || name is not { Length: > 0 })
        {
            Restricted.Refuse();
            Report("pickle-import-unresolved", ModelVerdict.Deny, step.Offset, $"{step.Opcode.Name} imports what cannot be known before the pickle runs");
            return PlainValue.Unresolved;
        }

        if (_names.TryGetValue((module, name), out var known))
            return known;
        var imported = new ImportedValue(module, name, step.Offset);
        Restricted.Imports(imported);
        if (_names.Count < MostNames)
            _names.Add((module, name), imported);
        else
            Used(imported, "GLOBAL", step.Offset);
        _arrays |= options.Arrays && JoblibArrays.IsWrapper(imported);
        return imported;
    }

    private PickleValue Persistent(PickleValue id, in PickleStep step)
    {
        Restricted.Persists(id, reader);
        if (id is TupleValue { Values: [TextValue kind, ImportedValue imported, ..] })
        {
            switch (PickleText.Read(reader, kind))
            {
                case "storage" when imported.Module is "torch" or "torch.storage" or "torch.cuda":
                    if (Storages is { Count: < PickleState.MostMemo })
                        Storages.Add((TupleValue)id);
                    return new PersistentValue(id);
                // The class of a module, with its source: it is imported, and a source that differs is only warned of.
                case "module":
                    return imported;
            }
        }

        Report("pickle-persistent-id", ModelVerdict.Unknown, step.Offset, "what a persistent id stands for is the loader's matter");
        return new PersistentValue(id);
    }

    private MadeValue Call(PickleValue called, PickleValue arguments, in PickleStep step)
    {
        string how = step.Opcode.Name!;
        var given = arguments as TupleValue;
        Restricted.Calls(called, how);
        if (called is not ImportedValue imported)
        {
            Report("pickle-calls-computed", ModelVerdict.Deny, step.Offset, $"{how} calls what is there only once the pickle runs");
            return new MadeValue(null);
        }

        Used(imported, how, step.Offset);
        var first = given?.Values is [var one, ..] ? one : PlainValue.Unresolved;
        if (imported.Module is "copyreg" or "copy_reg" && imported.Name is "_reconstructor" or "__newobj__" or "__newobj_ex__")
        {
            if (first is ImportedValue inner)
                Used(imported = inner, "NEWOBJ", step.Offset);
            else
                Report("pickle-calls-computed", ModelVerdict.Deny, step.Offset,
                    $"{imported.Name} makes an object of a class that is there only once the pickle runs");
        }
        else if (CallsItsArgument(imported))
        {
            if (first is ImportedValue inner)
                Used(inner, "REDUCE", step.Offset);
            else if (imported.Name != "defaultdict")
                Report("pickle-calls-computed", ModelVerdict.Deny, step.Offset, $"{imported.Name} calls what is there only once the pickle runs");
        }

        var made = new MadeValue(imported) { Element = JoblibArrays.Element(imported, given, reader) };
        made.Add(arguments);
        Weighed(made);
        return made;
    }

    // Of the functions on the list of those allowed, these call what they are given.
    private static bool CallsItsArgument(ImportedValue imported) => imported.Is("torch._tensor", "_rebuild_from_type_v2")
        || imported.Is("torch._tensor", "_rebuild_from_type") || imported.Is("collections", "defaultdict");

    private void Build(in PickleStep step)
    {
        var given = state.Pop();
        var target = state.Top();
        Restricted.Builds(target);
        switch (target)
        {
            case ImportedValue imported:
                Used(imported, "BUILD", step.Offset);
                Report("pickle-changes-import", ModelVerdict.Deny, step.Offset, "BUILD sets attributes of something that was imported");
                break;
            case MadeValue made:
                if (made != given)
                    made.Add(given);
                made.Element = JoblibArrays.Built(made, given);
                Weighed(made);
                if (_arrays && made.Maker is { } maker && JoblibArrays.IsWrapper(maker))
                    SkipArray(given, step);
                break;
            default:
                Report("pickle-odd-target", ModelVerdict.Unknown, step.Offset, "BUILD is done to what has no state");
                break;
        }
    }

    private void Used(ImportedValue imported, string how, long offset)
    {
        imported.Used = true;
        sink.Import(imported, how, _protocol < 3, offset);
    }

    private void ReportUnused()
    {
        foreach (var imported in _names.Values)
        {
            if (!imported.Used)
                Used(imported, "GLOBAL", imported.Offset);
        }
    }

    private static bool IsTensor(ImportedValue maker) => maker.Module is "torch._utils" or "torch._tensor" or "torch.nn.parameter"
        || maker.Is("torch", "Tensor");

    private string? Line(long start, long length) => PickleText.Line(reader, start, length);

    private string? Word(PickleValue value) => value is TextValue text ? PickleText.Read(reader, text) : null;
}
