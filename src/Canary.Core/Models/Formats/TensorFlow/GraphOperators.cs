using System.Collections.Frozen;

namespace Canary.Models.Formats.TensorFlow;

/// <summary>Operators of TensorFlow that do more than compute, from its registry of operators.</summary>
internal static class GraphOperators
{
    /// <summary>Those of checkpoints: every model has them, and the caller names the file. Only a path of the model's own is a fault.</summary>
    public static readonly FrozenSet<string> Checkpoint = FrozenSet.ToFrozenSet(
        ["Save", "SaveSlices", "SaveV2", "Restore", "RestoreSlice", "RestoreV2", "MergeV2Checkpoints", "LoadAndRemapMatrix",
            "GenerateVocabRemapping", "CheckpointHasKey"]);

    /// <summary>Those that call a function of the graph.</summary>
    public static readonly FrozenSet<string> Calls = FrozenSet.ToFrozenSet(["PartitionedCall", "StatefulPartitionedCall", "RemoteCall",
        "SymbolicGradient"]);

    /// <summary>Those through which a path passes on its way to a file.</summary>
    public static readonly FrozenSet<string> Paths = FrozenSet.ToFrozenSet(
    [
        "Const", "Placeholder", "PlaceholderWithDefault", "Identity", "StringJoin", "ShardedFilename", "ShardedFilespec", "Select", "SelectV2",
        "Pack", "Reshape", "ExpandDims", "ConcatV2", "AsString", "RegexReplace", "StaticRegexReplace", "Substr", "StringFormat", "Squeeze", "Fill", "IdentityN", "Merge", "Switch",
        "MergeV2Checkpoints",
    ]);

    public static readonly FrozenDictionary<string, (ModelVerdict Verdict, string Why)> Reaching = Table();

    private static FrozenDictionary<string, (ModelVerdict, string)> Table()
    {
        var all = new Dictionary<string, (ModelVerdict, string)>(StringComparer.Ordinal);
        Add(ModelVerdict.Deny, "reads any file", "ReadFile", "MatchingFiles", "WholeFileReader", "WholeFileReaderV2", "FixedLengthRecordReader",
            "FixedLengthRecordReaderV2", "TextLineReader", "TextLineReaderV2", "TFRecordReader", "TFRecordReaderV2");
        Add(ModelVerdict.Deny, "writes any file", "WriteFile", "CreateSummaryFileWriter", "CreateSummaryDbWriter", "ImportEvent", "SaveDataset",
            "SaveDatasetV2", "DistributedSave", "SnapshotDatasetV2", "ExperimentalSnapshotDataset", "SnapshotDataset", "CacheDataset",
            "CacheDatasetV2");
        Add(ModelVerdict.Deny, "calls Python", "PyFunc", "PyFuncStateless", "EagerPyFunc", "GeneratorDataset");
        Add(ModelVerdict.Deny, "runs a program", "ShellExecute");
        Add(ModelVerdict.Deny, "ends the program that runs the model", "Abort");
        Add(ModelVerdict.Deny, "talks to other machines", "RpcClient", "RpcServer", "RpcCall", "RpcServerStart", "RegisterDataset",
            "RegisterDatasetV2", "DataServiceDataset", "DataServiceDatasetV2", "DataServiceDatasetV3", "DataServiceDatasetV4", "BigQueryReader",
            "BigtableClient", "GcsConfigureCredentials", "KafkaDataset");
        Add(ModelVerdict.Unknown, "writes to files or other machines where its attributes say so", "PrintV2", "DebugIdentity", "DebugIdentityV2",
            "DebugIdentityV3", "DebugNanCount", "DebugNumericSummary");
        Add(ModelVerdict.Unknown, "reads files as a data set", "TFRecordDataset", "TFRecordDatasetV2", "TextLineDataset",
            "FixedLengthRecordDataset", "FixedLengthRecordDatasetV2", "ExperimentalCSVDataset", "CSVDataset", "CSVDatasetV2",
            "ExperimentalSqlDataset", "SqlDataset", "LMDBDataset", "ExperimentalLMDBDataset", "LoadDataset", "ListSnapshotChunksDataset");
        Add(ModelVerdict.Unknown, "reads the lines of a file", "InitializeTableFromTextFile", "InitializeTableFromTextFileV2",
            "InitializeTableFromDataset");
        Add(ModelVerdict.Unknown, "reads a description of messages from a file", "DecodeProtoV2", "EncodeProto");
        Add(ModelVerdict.Unknown, "holds a program for an accelerator, which is not read", "TRTEngineOp", "CreateTRTResourceHandle",
            "InitializeTRTResource", "TPUCompile", "NeuronOp");
        Add(ModelVerdict.Unknown, "calls native code by name", "XlaCustomCall", "XlaCustomCallV2", "CustomCall");
        // They fill a table from tensors of the graph, and touch no file.
        Add(ModelVerdict.Allow, "fills a table", "LookupTableImport", "LookupTableImportV2", "InitializeTable", "InitializeTableV2");
        return all.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(ModelVerdict verdict, string why, params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
                all[name] = (verdict, why);
        }
    }
}
