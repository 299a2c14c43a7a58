namespace CocoonOrleans.Sealing.Statements;

/// <summary>As whom a statement speaks.</summary>
public enum StatementRole
{
    /// <summary>Computes answers.</summary>
    Worker = 1,

    /// <summary>Takes clients' requests.</summary>
    Gateway = 2,

    /// <summary>Keeps shares of model keys.</summary>
    KeyBroker = 3,

    /// <summary>A worker that asks brokers for a model key.</summary>
    KeyRequest = 4,
}
