namespace CocoonOrleans.Sealing.Statements;

/// <summary>What is wrong with what a gateway states.</summary>
public enum GatewayStatementFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is no statement, or it does not have its form.</summary>
    Format,

    /// <summary>It is of another network.</summary>
    Network,

    /// <summary>It does not speak as a gateway.</summary>
    Role,

    /// <summary>It claims a tier for which it would need a quote, and no gateway shows one.</summary>
    Tier,

    /// <summary>It does not hold now.</summary>
    Time,

    /// <summary>It names another key than the one that the other side of the tunnel has.</summary>
    Key,

    /// <summary>It was not made for this worker's nonce: somebody plays an older one again.</summary>
    Nonce,

    /// <summary>It is not signed by the key that it names.</summary>
    Signature,
}
