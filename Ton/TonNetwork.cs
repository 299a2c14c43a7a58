namespace CocoonOrleans.Ton;

/// <summary>
/// Networks by their global id, config parameter 19. What is signed names it, so that it is void on every other network.
/// </summary>
public static class TonNetwork
{
    /// <summary>The network where coins have a price.</summary>
    public const int Mainnet = -239;

    /// <summary>The public test network.</summary>
    public const int Testnet = -3;

    /// <summary>The development chain, <c>contracts/devchain</c>: of no public network.</summary>
    public const int Development = -1000;
}
