using Canary.Config;
using Canary.Events;

namespace Canary.Agents;

/// <summary>
/// Which process belongs to which agent session. The kernel inherits the tags, so that no child is missed between two looks;
/// here they get their meaning. One thread owns it.
/// </summary>
public sealed class Sessions(IReadOnlyList<ITagsSessions> taggers, IReadOnlyList<IWatchesTrees> watchers, IProcessProbe probe)
{
    // Ids that the kernel hands out have the top bit set, ours have not.
    private const uint KernelTag = 0x8000_0000;
    private const int MostTreesPerSession = 8;
    private const int MostEnvironmentLooks = 32;

    private readonly Dictionary<uint, AgentSession> _byTag = [];
    private readonly Dictionary<AgentSession, List<string>> _trees = [];
    private readonly Dictionary<AgentSession, int> _looks = [];
    private uint _lastTag;
    private volatile int _live;

    /// <summary>Sessions that have a living process. May be read from another thread.</summary>
    public int Live => _live;

    /// <summary>Sessions begun since start.</summary>
    public int Begun { get; private set; }

    /// <summary>Takes a process into the session that its image, its tag or its parent says.</summary>
    public void Executed(ProcessNode node, ProcessExecuted e)
    {
        var profile = node.Image.Profile;
        if (profile is not null && !ContinuesAgent(node, profile))
            Begin(node, e, profile);
        else if (node.Session is null && e.Session != 0 && _byTag.TryGetValue(e.Session, out var tagged))
            node.Session = tagged;
        if (node.Session is not { } session)
            return;
        if (profile is not null && profile.Name == session.Profile.Name)
        {
            // The kernel may have given the launcher's child a tag of its own; it means the same session.
            if ((e.Session & KernelTag) != 0)
                _byTag.TryAdd(e.Session, session);
            if (!session.Verified && IsVerified(e, profile))
                session.Confirm();
        }

        Follow(node, e.Session);
        Learn(session, node, e);
        WatchDirectory(session, node.Image.CurrentDirectory);
    }

    /// <summary>Sees to it that the kernel's tag says what we know: a child forked before its parent was recognised inherited none.</summary>
    /// <param name="tag">The tag that the kernel's event bore.</param>
    public void Follow(ProcessNode node, uint tag)
    {
        if (node.Session is { } session && (!_byTag.TryGetValue(tag, out var tagged) || tagged != session))
            Tag(node.Key, session.Tag);
    }

    /// <summary>True when the session ended with this process.</summary>
    public bool Ended(ProcessNode node)
    {
        if (node.Session is not { Living: <= 0 } session)
            return false;
        foreach (uint tag in _byTag.Where(p => p.Value == session).Select(p => p.Key).ToList())
            _byTag.Remove(tag);
        _live--;
        _looks.Remove(session);
        if (_trees.Remove(session, out var trees))
        {
            foreach (string tree in trees.Where(t => !_trees.Values.Any(other => other.Contains(t))))
            {
                foreach (var watcher in watchers)
                    watcher.ForgetTree(tree);
            }
        }

        return true;
    }

    /// <summary>A file event that may tell the agent's own session id.</summary>
    public static void FileActed(AgentSession session, ProcessNode actor, string path)
    {
        if (!session.HasOwnId && actor.Image.Profile?.Name == session.Profile.Name && SessionNames.FromFile(session.Profile, path) is { } id)
            session.Name(id);
    }

    /// <summary>Opens a session for a tree that the user names, not the catalogue: `canary run`.</summary>
    public AgentSession Open(ProcessNode root, AgentProfile profile)
    {
        var session = new AgentSession(++_lastTag, profile, root.Key, verified: true, root.Session);
        _byTag[session.Tag] = session;
        Begun++;
        _live++;
        return session;
    }

    private static bool ContinuesAgent(ProcessNode node, AgentProfile profile)
    {
        if (node.Session is not { } session || session.Profile.Name != profile.Name)
            return false;
        // The launcher (node) and the program that it starts, or becomes, are one run of the agent; through a shell it is another.
        return session.Root == node.Key || node.Image.Origin?.Profile?.Name == profile.Name;
    }

    private void Begin(ProcessNode node, ProcessExecuted e, AgentProfile profile)
    {
        bool fromKernel = (e.Session & KernelTag) != 0 && !_byTag.ContainsKey(e.Session);
        uint tag = fromKernel ? e.Session : ++_lastTag;
        var session = new AgentSession(tag, profile, node.Key, IsVerified(e, profile), node.Session);
        _byTag[tag] = session;
        Begun++;
        _live++;
        node.Session = session;
        if (SessionNames.FromArguments(profile, e.Arguments) is { } id)
            session.Name(id);
    }

    private void Tag(ProcessKey key, uint tag)
    {
        foreach (var tagger in taggers)
            tagger.Tag(key, tag);
    }

    private static bool IsVerified(ProcessExecuted e, AgentProfile profile) =>
        Catalogue.IsConfirmed(profile, e.Image, e.Requested, e.Arguments);

    private void Learn(AgentSession session, ProcessNode node, ProcessExecuted e)
    {
        // Only a child of the agent's has the variable, and only while it lives can it be asked.
        if (session.HasOwnId || node.Key == session.Root || session.Profile.SessionVariables.Count == 0)
            return;
        int looks = _looks.GetValueOrDefault(session);
        if (looks >= MostEnvironmentLooks)
            return;
        _looks[session] = looks + 1;
        if (SessionNames.FromEnvironment(session.Profile, e.Actor.Pid, probe) is { } id)
            session.Name(id);
    }

    private void WatchDirectory(AgentSession session, string? directory)
    {
        if (directory is not { Length: > 1 } || watchers.Count == 0)
            return;
        if (!_trees.TryGetValue(session, out var trees))
            _trees[session] = trees = [];
        if (trees.Count >= MostTreesPerSession || trees.Exists(t => directory == t || directory.StartsWith(t + "/", StringComparison.Ordinal)))
            return;
        trees.Add(directory);
        foreach (var watcher in watchers)
            watcher.WatchTree(directory);
    }
}
