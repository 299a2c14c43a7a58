namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>How many blocks of threads a launch has in each direction; at most 2^31 - 1 by 65,535 by 65,535.</summary>
internal readonly record struct GridSize(int X, int Y = 1, int Z = 1);
