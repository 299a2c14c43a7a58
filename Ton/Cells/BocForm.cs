namespace CocoonOrleans.Ton.Cells;

/// <summary>How a bag of cells is written. All forms hold the same cells.</summary>
public enum BocForm
{
    /// <summary>With a check sum: what wallets and nodes exchange.</summary>
    Checked,

    /// <summary>The shortest.</summary>
    Plain,

    /// <summary>With a check sum and the place of each cell.</summary>
    Indexed,
}
