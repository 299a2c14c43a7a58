using CocoonOrleans.Inference.Models.Rotary;
using static TorchSharp.torch;

namespace CocoonOrleans.Inference.Models;

/// <summary>Cosines and sines of all positions: [context, rotary size] each, both halves alike.</summary>
internal sealed class RotaryTable : IDisposable
{
    private readonly Tensor _cosines;
    private readonly Tensor _sines;

    /// <param name="rotary">How the positions turn.</param>
    /// <param name="size">How many numbers of a head turn.</param>
    /// <param name="contextTokens">Number of positions.</param>
    /// <param name="place">Where it is used.</param>
    public RotaryTable(RotaryPositions rotary, int size, int contextTokens, TorchPlace place)
    {
        using var scope = NewDisposeScope();
        var turning = rotary.For(size, contextTokens);
        var angles = outer(arange(contextTokens, dtype: float64), tensor(turning.Frequencies));
        _cosines = place.Take(cat([angles.cos(), angles.cos()], 1) * turning.Magnitude).DetachFromDisposeScope();
        _sines = place.Take(cat([angles.sin(), angles.sin()], 1) * turning.Magnitude).DetachFromDisposeScope();
    }

    /// <summary>Those of some positions, [n, 1, rotary size] each.</summary>
    public (Tensor Cosines, Tensor Sines) At(Tensor places) => (_cosines.index_select(0, places).unsqueeze(1), _sines.index_select(0, places).unsqueeze(1));

    public void Dispose()
    {
        _cosines.Dispose();
        _sines.Dispose();
    }
}
