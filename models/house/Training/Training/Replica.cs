using static TorchSharp.torch;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>
/// A working copy of the weights that one thread computes gradients with: matrices in bfloat16, so that the processor's own bfloat16 products do the work, the
/// table of embeddings and the vectors in float32, where many small gradients are summed. Not thread-safe; replicas of one network may run side by side.
/// </summary>
public sealed class Replica : IDisposable
{
    private readonly Network _network;
    private readonly Dictionary<string, Tensor> _leaves = new(StringComparer.Ordinal);

    /// <summary>Makes room for the weights; <see cref="Refresh"/> fills it.</summary>
    public Replica(Network network)
    {
        _network = network;
        foreach (var (name, weight) in network.Weights)
        {
            _leaves[name] = zeros(weight.shape, weight.dim() > 1 && name != Network.Embedding ? bfloat16 : float32, requires_grad: true);
        }

        _leaves[Network.Head] = zeros(network.Weights[Network.Embedding].shape, bfloat16, requires_grad: true);
    }

    /// <summary>Takes the network's weights as they are now, and forgets the gradients.</summary>
    public void Refresh()
    {
        using var none = no_grad();
        foreach (var (name, leaf) in _leaves)
        {
            leaf.copy_(_network.Weights[name == Network.Head ? Network.Embedding : name]);
            leaf.grad?.zero_();
        }
    }

    /// <summary>Adds the gradients of a batch to those held here.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="padding">The token that fills short rows.</param>
    /// <param name="targets">What the sum of losses is divided by: the targets of all batches of the step.</param>
    /// <returns>This batch's share of the step's mean loss.</returns>
    public double Backward(Batch batch, int padding, int targets)
    {
        // All that is made here goes at the end of this scope; the leaves and their gradients were made outside it and stay.
        using var scope = NewDisposeScope();
        var (ids, positions, wanted) = batch.ToTensors(padding);
        var loss = nn.functional.cross_entropy(_network.Forward(name => _leaves[name], ids, positions), wanted, reduction: nn.Reduction.Sum) / targets;
        loss.backward();
        return loss.item<float>();
    }

    /// <summary>Adds the gradients held here to these, which are in float32 and by the weights' names.</summary>
    public void AddGradientsTo(IReadOnlyDictionary<string, Tensor> gradients)
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, leaf) in _leaves)
        {
            if (leaf.grad is { } gradient)
            {
                gradients[name == Network.Head ? Network.Embedding : name].add_(gradient);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var leaf in _leaves.Values)
        {
            leaf.Dispose();
        }
    }
}
