namespace CocoonOrleans.Tests.Cluster.CallGraph;

/// <summary>The call graph of grains as rule 7 of the architecture has it: no cycle, nothing calls back up.</summary>
public static class AllowedCalls
{
    public static IReadOnlySet<(string Caller, string Callee)> All { get; } = new HashSet<(string, string)>
    {
        ("client", "job"),
        ("client", "worker"),
        ("client", "modelmarket"),
        ("client", "modelcatalog"),
        ("client", "silolist"),
        ("client", "clientaccount"),
        ("client", "sweeper"),
        ("client", "paymentchannel"),
        ("client", "depositdesk"),
        ("client", "channeldesk"),
        ("client", "clientchannel"),
        ("client", "provider"),
        ("client", "solvencydesk"),
        ("client", "walletdesk"),
        ("client", "wallet"),
        ("client", "attestedsession"),
        ("client", "registry"),
        ("client", "revocation"),
        ("attestedsession", "revocation"),
        ("attestedsession", "attestedplatform"),
        ("job", "clientaccount"),
        ("worker", "modelmarket"),
        ("sweeper", "job"),
        ("sweeper", "wallet"),
        ("sweeper", "paymentchannel"),
        ("sweeper", "clientchannel"),
        ("sweeper", "provider"),
    };
}
