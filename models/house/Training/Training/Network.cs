using static TorchSharp.torch;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>
/// A Llama network for training on whole sequences: RMSNorm, rotary positions (rotate-half), SwiGLU, tied embeddings, no biases, float32.
/// Query, key and value lie in one matrix, gate and up in another: fewer, larger products. Not thread-safe.
/// </summary>
public sealed class Network : IDisposable
{
    /// <summary>Added to the mean square in RMSNorm.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Base of the rotary angles.</summary>
    public const double RotaryBase = 10_000;

    /// <summary>The weight that makes vectors of tokens: a row for each.</summary>
    public const string Embedding = "embedding";

    /// <summary>The weight that makes logits: the same numbers as <see cref="Embedding"/> (tied).</summary>
    public const string Head = "head";

    private readonly SortedDictionary<string, Tensor> _weights = new(StringComparer.Ordinal);
    private readonly Tensor _cosines;
    private readonly Tensor _sines;

    /// <summary>Makes a network with random weights; the seed alone decides them.</summary>
    public Network(Shape shape, long seed)
    {
        Shape = shape;
        using var generator = new Generator((ulong)seed);
        var (hidden, small) = (shape.Hidden, 1 / Math.Sqrt(shape.Hidden));
        var residual = small / Math.Sqrt(2 * shape.Layers);
        Tensor Matrix(int rows, int columns, double deviation) => randn([rows, columns], generator: generator).mul_(deviation);
        _weights[Embedding] = Matrix(shape.Vocabulary, hidden, 0.02);
        _weights["norm"] = ones(hidden);
        for (var i = 0; i < shape.Layers; i++)
        {
            _weights[$"{i}.attention.norm"] = ones(hidden);
            _weights[$"{i}.attention.input"] = Matrix(3 * hidden, hidden, small);
            _weights[$"{i}.attention.output"] = Matrix(hidden, hidden, residual);
            _weights[$"{i}.feedforward.norm"] = ones(hidden);
            _weights[$"{i}.feedforward.input"] = Matrix(2 * shape.Intermediate, hidden, small);
            _weights[$"{i}.feedforward.output"] = Matrix(hidden, shape.Intermediate, residual);
        }

        using var scope = NewDisposeScope();
        var frequencies = pow(RotaryBase, arange(0, shape.HeadWidth, 2, dtype: float32) / -shape.HeadWidth);
        var angles = outer(arange(Shape.Positions, dtype: float32), frequencies);
        _cosines = cat([angles.cos(), angles.cos()], 1).unsqueeze(1).MoveToOuterDisposeScope();
        // The sign of rotate-half lies in the table.
        _sines = cat([angles.sin().neg(), angles.sin()], 1).unsqueeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>The network's shape.</summary>
    public Shape Shape { get; }

    /// <summary>All weights by our own names, in a fixed order.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _weights;

    /// <summary>How many numbers the weights are.</summary>
    public long Count => _weights.Values.Sum(weight => weight.NumberOfElements);

    /// <summary>Logits at the wanted positions in float32, shape [positions, vocabulary].</summary>
    /// <param name="ids">Tokens, shape [rows, length], int64, at most <see cref="Shape.Positions"/> long.</param>
    /// <param name="positions">Places in the flattened <paramref name="ids"/> whose next token is wanted, int64.</param>
    public Tensor Forward(Tensor ids, Tensor positions) => Forward(name => _weights[name == Head ? Embedding : name], ids, positions);

    /// <summary>The same with other weights by the same names. Products are computed in the type of their matrix, all else in float32.</summary>
    /// <param name="weights">A weight by its name; <see cref="Head"/> is asked for apart from <see cref="Embedding"/>, which it shares its numbers with.</param>
    /// <param name="ids">Tokens, shape [rows, length].</param>
    /// <param name="positions">Places whose next token is wanted.</param>
    public Tensor Forward(Func<string, Tensor> weights, Tensor ids, Tensor positions)
    {
        var (rows, length) = (ids.shape[0], ids.shape[1]);
        var x = weights(Embedding).index_select(0, ids.view(-1)).view(rows, length, Shape.Hidden);
        for (var i = 0; i < Shape.Layers; i++)
        {
            x = x + Attend(weights, i, Norm(x, weights($"{i}.attention.norm")));
            var parts = Multiply(Norm(x, weights($"{i}.feedforward.norm")), weights($"{i}.feedforward.input")).chunk(2, -1);
            x = x + Multiply(nn.functional.silu(parts[0]) * parts[1], weights($"{i}.feedforward.output"));
        }

        return Multiply(Norm(x.view(-1, Shape.Hidden).index_select(0, positions), weights("norm")), weights(Head)).to(float32);
    }

    /// <summary>The weights by the names and in the layout of Hugging Face's <c>LlamaForCausalLM</c>, as views.</summary>
    public SortedDictionary<string, Tensor> ToLlama()
    {
        var tensors = new SortedDictionary<string, Tensor>(StringComparer.Ordinal) { ["model.embed_tokens.weight"] = _weights[Embedding], ["model.norm.weight"] = _weights["norm"] };
        for (var i = 0; i < Shape.Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            var attention = _weights[$"{i}.attention.input"].chunk(3, 0);
            var gated = _weights[$"{i}.feedforward.input"].chunk(2, 0);
            (tensors[layer + "self_attn.q_proj.weight"], tensors[layer + "self_attn.k_proj.weight"], tensors[layer + "self_attn.v_proj.weight"]) = (attention[0], attention[1], attention[2]);
            (tensors[layer + "mlp.gate_proj.weight"], tensors[layer + "mlp.up_proj.weight"]) = (gated[0], gated[1]);
            (tensors[layer + "self_attn.o_proj.weight"], tensors[layer + "mlp.down_proj.weight"]) = (_weights[$"{i}.attention.output"], _weights[$"{i}.feedforward.output"]);
            (tensors[layer + "input_layernorm.weight"], tensors[layer + "post_attention_layernorm.weight"]) = (_weights[$"{i}.attention.norm"], _weights[$"{i}.feedforward.norm"]);
        }

        return tensors;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cosines.Dispose();
        _sines.Dispose();
        foreach (var weight in _weights.Values)
        {
            weight.Dispose();
        }
    }

    private static Tensor Norm(Tensor x, Tensor weight) => x * (x * x).mean([-1L], true).add(Epsilon).rsqrt() * weight;

    private static Tensor Multiply(Tensor x, Tensor matrix) => nn.functional.linear(x.to(matrix.dtype), matrix);

    private Tensor Attend(Func<string, Tensor> weights, int layer, Tensor x)
    {
        var (rows, length, heads, width) = (x.shape[0], x.shape[1], Shape.Heads, Shape.HeadWidth);
        var input = weights($"{layer}.attention.input");
        var all = Multiply(x, input).view(rows, length, 3 * heads, width);
        var rotated = all.narrow(2, 0, 2 * heads);
        var turned = cat([rotated.narrow(3, width / 2, width / 2), rotated.narrow(3, 0, width / 2)], 3);
        rotated = ((rotated * _cosines.narrow(0, 0, length)) + (turned * _sines.narrow(0, 0, length))).to(input.dtype);
        var (query, key, value) = (rotated.narrow(2, 0, heads), rotated.narrow(2, heads, heads), all.narrow(2, 2 * heads, heads));
        var mixed = nn.functional.scaled_dot_product_attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), is_casual: true);
        return Multiply(mixed.transpose(1, 2).reshape(rows, length, Shape.Hidden), weights($"{layer}.attention.output"));
    }
}
