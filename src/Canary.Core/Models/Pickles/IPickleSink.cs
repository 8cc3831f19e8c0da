namespace Canary.Models.Pickles;

/// <summary>What the machine tells of a stream.</summary>
internal interface IPickleSink
{
    /// <summary>Something imported is used.</summary>
    /// <param name="old">The stream's protocol is one of Python 2, whose names Python 3 translates.</param>
    void Import(ImportedValue imported, string how, bool old, long offset);

    void Report(string code, ModelVerdict verdict, long offset, string why);
}
