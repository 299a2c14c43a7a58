namespace CocoonOrleans.Sealing.Receipts;

/// <summary>How the work of a receipt ended.</summary>
public enum ReceiptStatus
{
    /// <summary>The answer is whole.</summary>
    Complete = 0,

    /// <summary>It was cut short, for instance because the client left.</summary>
    Partial = 1,

    /// <summary>It failed.</summary>
    Error = 2,
}
