using System.Globalization;
using static TorchSharp.torch;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>Trains a network step by step. The weights are a function of seed, shape, batches and schedule; the clock only times the progress lines.</summary>
public sealed class TrainingRun(Network network, RowSource batches, Schedule schedule, int padding, TimeProvider clock)
{
    private const double LargestGradient = 1;
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(30);

    /// <summary>Where checkpoints go and where an interrupted run goes on; null for none.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Steps between two checkpoints.</summary>
    public long CheckpointEvery { get; init; } = 1_000;

    /// <summary>Stops after this many steps as if interrupted; null runs to the end of the schedule.</summary>
    public long? StopAt { get; init; }

    /// <summary>Runs from the latest checkpoint, or from the start, to the end.</summary>
    /// <param name="progress">Takes a line every half minute.</param>
    /// <param name="cancellationToken">Stops between two steps; the last checkpoint stays.</param>
    /// <returns>Tokens trained on in this process, padding left out.</returns>
    public long Run(TextWriter progress, CancellationToken cancellationToken)
    {
        using var optimizer = new AdamW(network.Weights);
        using var scope = NewDisposeScope();
        var replicas = Enumerable.Range(0, Batch.Halves).Select(_ => new Replica(network)).ToArray();
        var gradients = network.Weights.ToDictionary(weight => weight.Key, weight => zeros_like(weight.Value), StringComparer.Ordinal);
        var first = CheckpointFolder is null ? 0 : Checkpoint.ReadLatest(CheckpointFolder, network, optimizer, schedule.Steps);
        var (started, reported, reportedAt) = (clock.GetTimestamp(), clock.GetTimestamp(), first);
        var (tokens, tokensReported, loss) = (0L, 0L, 0.0);
        var last = Math.Min(StopAt ?? schedule.Steps, schedule.Steps);
        for (var step = first; step < last; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = batches[step];
            loss += Step(batch, optimizer, replicas, gradients, step);
            tokens += batch.Tokens;
            if (CheckpointFolder is not null && ((step + 1) % CheckpointEvery == 0 || step + 1 == last))
            {
                Checkpoint.Write(CheckpointFolder, network, optimizer, step + 1);
            }

            var elapsed = clock.GetElapsedTime(reported);
            if (elapsed >= ReportEvery || step + 1 == last)
            {
                var left = clock.GetElapsedTime(started) / (step + 1 - first) * (last - step - 1);
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"step {step + 1:N0} of {last:N0}, loss {loss / (step + 1 - reportedAt):F4}, rate {schedule[step]:E1}, {(tokens - tokensReported) / elapsed.TotalSeconds:N0} tokens/s, {tokens / 1e6:F2} M tokens, {left.TotalSeconds:N0} s left"));
                (reported, reportedAt, tokensReported, loss) = (clock.GetTimestamp(), step + 1, tokens, 0);
            }
        }

        return tokens;
    }

    /// <summary>The two halves of a batch are computed side by side, always two and summed in one order: the weights don't depend on how many cores there are.</summary>
    private double Step(Batch batch, AdamW optimizer, Replica[] replicas, IReadOnlyDictionary<string, Tensor> gradients, long step)
    {
        var halves = batch.Halve();
        var targets = batch.Rows.Sum(row => row.Wanted.Length);
        double Half(int i)
        {
            replicas[i].Refresh();
            return replicas[i].Backward(halves[i], padding, targets);
        }

        var others = Enumerable.Range(1, halves.Count - 1).Select(i => Task.Run(() => Half(i))).ToArray();
        var loss = Half(0) + others.Sum(other => other.GetAwaiter().GetResult());
        using var none = no_grad();
        using var scope = NewDisposeScope();
        foreach (var gradient in gradients.Values)
        {
            gradient.zero_();
        }

        for (var i = 0; i < halves.Count; i++)
        {
            replicas[i].AddGradientsTo(gradients);
        }

        var norm = Math.Sqrt(gradients.Values.Sum(gradient => gradient.square().sum().item<float>()));
        optimizer.Step(gradients, Math.Min(1, LargestGradient / (norm + 1e-6)), step, schedule[step]);
        return loss;
    }
}
