using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>AdamW (Loshchilov and Hutter 2019) with moments that a checkpoint can hold. Matrices decay, vectors don't.</summary>
public sealed class AdamW : IDisposable
{
    private const double First = 0.9;
    private const double Second = 0.98;
    private const double Epsilon = 1e-8;
    private const double Decay = 0.05;

    private readonly IReadOnlyDictionary<string, Parameter> _parameters;

    /// <summary>Starts with moments of zero.</summary>
    public AdamW(IReadOnlyDictionary<string, Parameter> parameters)
    {
        _parameters = parameters;
        FirstMoments = parameters.ToDictionary(p => p.Key, p => zeros_like(p.Value, requires_grad: false));
        SecondMoments = parameters.ToDictionary(p => p.Key, p => zeros_like(p.Value, requires_grad: false));
    }

    /// <summary>Running means of the gradients.</summary>
    public IReadOnlyDictionary<string, Tensor> FirstMoments { get; }

    /// <summary>Running means of the squared gradients.</summary>
    public IReadOnlyDictionary<string, Tensor> SecondMoments { get; }

    /// <summary>Takes one step with the gradients that the parameters hold, and clears them.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="rate">Learning rate.</param>
    public void Step(long step, double rate)
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var correction = 1 - Math.Pow(First, step + 1);
        var secondCorrection = Math.Sqrt(1 - Math.Pow(Second, step + 1));
        foreach (var (name, parameter) in _parameters)
        {
            var gradient = parameter.grad!;
            var (first, second) = (FirstMoments[name], SecondMoments[name]);
            if (parameter.dim() > 1)
            {
                parameter.mul_(1 - (rate * Decay));
            }

            first.mul_(First).add_(gradient, 1 - First);
            second.mul_(Second).addcmul_(gradient, gradient, 1 - Second);
            parameter.addcdiv_(first, second.sqrt().div_(secondCorrection).add_(Epsilon), -rate / correction);
            gradient.zero_();
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
