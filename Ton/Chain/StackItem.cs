using System.Numerics;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Chain;

/// <summary>A value on the TVM's stack: an integer, a cell or slice, or (with neither) a list, tuple or null.</summary>
/// <param name="Number">The integer.</param>
/// <param name="Cell">The cell.</param>
public sealed record StackItem(BigInteger? Number, Cell? Cell);
