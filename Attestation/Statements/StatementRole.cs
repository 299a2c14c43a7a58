namespace CocoonOrleans.Attestation.Statements;

/// <summary>What somebody states to be.</summary>
public enum StatementRole
{
    /// <summary>Computes answers.</summary>
    Worker = 1,

    /// <summary>Takes requests.</summary>
    Gateway = 2,

    /// <summary>Keeps shares of model keys.</summary>
    KeyBroker = 3,

    /// <summary>Asks brokers for a model key.</summary>
    KeyRequest = 4,
}
