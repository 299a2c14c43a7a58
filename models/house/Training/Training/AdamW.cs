using static TorchSharp.torch;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>AdamW (Loshchilov and Hutter 2019) with moments that a checkpoint can hold. Matrices decay, vectors don't.</summary>
public sealed class AdamW : IDisposable
{
    private const double First = 0.9;
    private const double Second = 0.98;
    private const double Epsilon = 1e-8;
    private const double Decay = 0.05;

    private readonly IReadOnlyDictionary<string, Tensor> _weights;

    /// <summary>Starts with moments of zero.</summary>
    public AdamW(IReadOnlyDictionary<string, Tensor> weights)
    {
        _weights = weights;
        FirstMoments = weights.ToDictionary(w => w.Key, w => zeros_like(w.Value));
        SecondMoments = weights.ToDictionary(w => w.Key, w => zeros_like(w.Value));
    }

    /// <summary>Running means of the gradients.</summary>
    public IReadOnlyDictionary<string, Tensor> FirstMoments { get; }

    /// <summary>Running means of the squared gradients.</summary>
    public IReadOnlyDictionary<string, Tensor> SecondMoments { get; }

    /// <summary>Takes one step.</summary>
    /// <param name="gradients">A gradient for each weight, float32.</param>
    /// <param name="scale">What the gradients are multiplied by before use.</param>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="rate">Learning rate.</param>
    public void Step(IReadOnlyDictionary<string, Tensor> gradients, double scale, long step, double rate)
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var correction = 1 - Math.Pow(First, step + 1);
        var secondCorrection = Math.Sqrt(1 - Math.Pow(Second, step + 1));
        foreach (var (name, weight) in _weights)
        {
            var (gradient, first, second) = (gradients[name], FirstMoments[name], SecondMoments[name]);
            if (weight.dim() > 1)
            {
                weight.mul_(1 - (rate * Decay));
            }

            first.mul_(First).add_(gradient, (1 - First) * scale);
            second.mul_(Second).addcmul_(gradient, gradient, (1 - Second) * scale * scale);
            weight.addcdiv_(first, second.sqrt().div_(secondCorrection).add_(Epsilon), -rate / correction);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var moment in FirstMoments.Values.Concat(SecondMoments.Values))
        {
            moment.Dispose();
        }
    }
}
