namespace CocoonOrleans.Ton.Cells;

/// <summary>What a bag of cells may be at most. Checked before anything is allocated for its content.</summary>
/// <param name="MaxBytes">Length in bytes.</param>
/// <param name="MaxCells">Number of cells.</param>
public sealed record BocLimits(int MaxBytes, int MaxCells)
{
    /// <summary>What a node takes as an external message.</summary>
    public static BocLimits External { get; } = new(65_535, 8_192);

    /// <summary>The data of an account: of a registry with 16,384 entries, four cells each.</summary>
    public static BocLimits AccountData { get; } = new(10 * 1024 * 1024, 65_536);

    /// <summary>Whatever else we read: transactions, code, get methods' results.</summary>
    public static BocLimits Default { get; } = new(2 * 1024 * 1024, 8_192);
}
