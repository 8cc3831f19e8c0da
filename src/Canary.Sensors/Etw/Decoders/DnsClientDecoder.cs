using System.Net;
using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Microsoft-Windows-DNS-Client. Layouts: jdu2600/Windows10EtwEvents, manifest/Microsoft-Windows-DNS-Client.tsv.
/// <code>
/// 3006  wide QueryName, u32 QueryType, u64 QueryOptions, wide ServerList, … (not read)
/// 3008  wide QueryName, u32 QueryType, u64 QueryOptions, u32 QueryStatus, wide QueryResults
/// </code>
/// </summary>
internal sealed class DnsClientDecoder : IEtwDecoder
{
    private const ushort Query = 3006, Completed = 3008;
    private const byte Newest = 0;

    public EtwProvider Provider => EtwProvider.DnsClient;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        if (header.Id is not (Query or Completed))
            return EtwOutcome.NotOurs;
        var reader = new PayloadReader(record);
        string name = reader.Text();
        int type = (int)reader.U32();
        reader.U64();
        uint status = header.Id == Completed ? reader.U32() : 0;
        string rest = reader.Text();
        if (reader.Failed)
            return reader.Outcome(header.Version, Newest);
        var actor = state.Actor(header);
        into.Add(header.Id == Completed
            ? new DnsAnswered(header.AtNs, actor, name, type, status, rest)
            : new DnsAsked(header.AtNs, actor, name, type, FirstServer(rest)));
        return EtwOutcome.Taken;
    }

    // Where no server is listed the resolver takes the system's: 0.0.0.0 stands for it.
    private static IPAddress FirstServer(string list)
    {
        foreach (var word in list.AsSpan().SplitAny(";, "))
        {
            if (IPAddress.TryParse(list.AsSpan()[word], out var server))
                return server;
        }

        return IPAddress.Any;
    }
}
