namespace CocoonOrleans.Inference.Formats;

/// <summary>One tensor of a model in private memory, as float32.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape, outermost dimension first.</param>
/// <param name="Values">Its weights, row-major; as many as the product of the shape.</param>
public sealed record WeightTensor(string Name, IReadOnlyList<int> Shape, float[] Values);
