using System.Net;
using Canary.Events;

namespace Canary.Agents;

/// <summary>Which name an address was last the answer to: a connection alone has only the address.</summary>
internal sealed class AnsweredNames
{
    private const int MostRemembered = 8192;
    private const int MostOfOneAnswer = 32;

    // Two generations instead of an order of use: what was not asked again for a whole generation is forgotten.
    private Dictionary<IPAddress, string> _new = [], _old = [];

    public void Add(DnsAnswered answer)
    {
        if (answer.Status != 0)
            return;
        int taken = 0;
        foreach (var range in answer.Results.AsSpan().Split(';'))
        {
            if (taken++ >= MostOfOneAnswer)
                return;
            // Windows writes IPv4 answers as mapped addresses, and names of aliases with «type: 5 » in front.
            if (!IPAddress.TryParse(answer.Results.AsSpan(range).Trim(), out var address))
                continue;
            if (_new.Count >= MostRemembered)
                (_old, _new) = (_new, []);
            _new[address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address] = answer.Name;
        }
    }

    public string? Of(IPAddress address) => _new.GetValueOrDefault(address) ?? _old.GetValueOrDefault(address);
}
