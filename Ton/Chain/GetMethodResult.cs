using System.Numerics;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Chain;

/// <summary>What a get method gave.</summary>
/// <param name="ExitCode">0 or 1 for success, -13 where there is no contract.</param>
/// <param name="Stack">What it left, the first value first.</param>
public sealed record GetMethodResult(int ExitCode, IReadOnlyList<StackItem> Stack)
{
    /// <summary>An integer of the stack.</summary>
    /// <exception cref="TonFormatException">There is something else.</exception>
    public BigInteger Number(int index) => Item(index).Number ?? throw new TonFormatException($"stack[{index}]", "not an integer");

    /// <summary>A cell or slice of the stack.</summary>
    /// <exception cref="TonFormatException">There is something else.</exception>
    public Cell Cell(int index) => Item(index).Cell ?? throw new TonFormatException($"stack[{index}]", "not a cell");

    private StackItem Item(int index) => index < Stack.Count ? Stack[index] : throw new TonFormatException($"stack[{index}]", "it is missing");
}
