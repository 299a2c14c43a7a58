namespace CocoonOrleans.Inference.Models;

/// <summary>One sequence's part of a <see cref="StepBatch"/>.</summary>
/// <param name="FirstRow">Its first row.</param>
/// <param name="Rows">Number of its rows.</param>
/// <param name="Position">Position of its first row.</param>
/// <param name="Blocks">Its blocks.</param>
/// <param name="LogitRows">For how many of its rows, counted from the last one back, logits are asked for.</param>
/// <param name="FirstLogitRow">Where these stand among all rows of logits.</param>
internal readonly record struct BatchEntry(int FirstRow, int Rows, int Position, BlockTable Blocks, int LogitRows, int FirstLogitRow)
{
    /// <summary>Positions of the sequence once this step is done.</summary>
    public int Length => Position + Rows;
}
