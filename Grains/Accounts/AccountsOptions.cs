using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Accounts;

/// <summary>Settings of client accounts; section <c>Accounts</c>.</summary>
public sealed class AccountsOptions
{
    /// <summary>What a new account is given, in nano; 0 for nothing. Made from nothing, so for development only: Production refuses to start with it.</summary>
    [Range(0, long.MaxValue)]
    public long DevelopmentGrantNano { get; set; }

    /// <summary>The network's share of each capture in basis points, 0 to 10,000; one published rate.</summary>
    [Range(0, 10_000)]
    public int CommissionBasisPoints { get; set; } = 500;

    /// <summary>The most operations of one account that wait for a commit, 1 to 65,536; a call beyond that is refused as unavailable.</summary>
    [Range(1, 65_536)]
    public int QueueLength { get; set; } = 4096;

    /// <summary>For how long an API key is answered from memory; a key revoked through another activation is good for as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan KeyCache { get; set; } = TimeSpan.FromSeconds(5);
}
