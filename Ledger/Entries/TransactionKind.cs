namespace CocoonOrleans.Ledger.Entries;

/// <summary>What moved the money.</summary>
public enum TransactionKind
{
    /// <summary>A job was charged.</summary>
    Capture,

    /// <summary>A labelled transfer between two accounts, grants and funding included.</summary>
    Transfer,
}
