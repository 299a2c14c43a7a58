namespace CocoonOrleans.ClusterTls;

/// <summary>What a process of the cluster is. Its certificate says so by a DNS name, which no resolver has to know.</summary>
public static class ClusterRole
{
    /// <summary>May be a member of the cluster.</summary>
    public const string Silo = "silo.cocoon.internal";

    /// <summary>May be a client of the cluster.</summary>
    public const string Gateway = "gateway.cocoon.internal";
}
