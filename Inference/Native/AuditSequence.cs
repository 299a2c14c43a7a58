using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Sampling;

namespace CocoonOrleans.Inference.Native;

/// <summary>An answer that is checked: its log-probabilities are computed anew, and where it can be done its draws.</summary>
internal sealed class AuditSequence(AuditRequest audit, long submitted) : Sequence(AllButTheLast(audit), submitted)
{
    /// <summary>A draw this close to the border of a token's share is a near tie.</summary>
    private const double NearBorder = 0.002;

    /// <summary>Two logits this close are a near tie for the likeliest token.</summary>
    private const double NearLogit = 0.05;

    private readonly TaskCompletionSource<AuditReport> _report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LogitAdjustment _adjustment = new(audit.Request.Sampling, audit.Request.PromptIds.Span);
    private readonly List<double> _logprobs = [];
    private LogprobScale? _scale;
    private float[] _row = [];
    private int _wrongDraws;

    /// <inheritdoc/>
    public override string? TenantName => null;

    /// <summary>What was found.</summary>
    public Task<AuditReport> Report => _report.Task;

    /// <summary>Logits of many rows at once would take more memory than the weights of a small model.</summary>
    public override int MostRows => 32;

    private int PromptTokens => audit.Request.PromptIds.Length;

    private bool DrawsAgain => audit.Request.Grammar is null && (audit.Request.Sampling.Seed is not null || audit.Request.Sampling.Temperature == 0);

    /// <summary>The logits behind a prompt's last token are those of the answer's first. What was looked at is computed again after an interruption, but not looked at again.</summary>
    public override int LogitRows(int rows) => Math.Clamp(Blocks.Computed + rows - PromptTokens - _logprobs.Count + 1, 0, rows);

    /// <inheritdoc/>
    public override bool Advance(Span<float> logits, TokenSampler sampler)
    {
        var size = sampler.VocabularySize;
        _scale ??= new LogprobScale(size);
        for (; logits.Length > 0; logits = logits[size..])
        {
            var row = logits[..size];
            var id = audit.CompletionIds.Span[_logprobs.Count];
            _scale.Read(row);
            var logprob = _scale.Of(id, 0).Logprob;
            if (double.IsNaN(logprob))
            {
                Fail(GenerationFailure.NotANumber, "The model computed something that is no number.");
                return false;
            }

            if (DrawsAgain && !IsDrawn(id, row, sampler))
            {
                _wrongDraws++;
            }

            _adjustment.Add(id);
            _logprobs.Add(logprob);
        }

        if (_logprobs.Count == audit.CompletionIds.Length)
        {
            Completed = true;
            End(null);
        }

        return false;
    }

    /// <inheritdoc/>
    protected override GenerationFailedException FailureOf(GenerationFailure failure, string message, Exception? inner)
        => new(failure, message, new GenerationUsage(PromptTokens, 0, 0), inner);

    /// <inheritdoc/>
    protected override void Tell(Exception? error)
    {
        switch (error)
        {
            case null:
                _report.TrySetResult(Conclude());
                break;
            case OperationCanceledException:
                _report.TrySetCanceled();
                break;
            default:
                _report.TrySetException(error);
                break;
        }
    }

    private static ReadOnlySpan<int> AllButTheLast(AuditRequest audit) => (int[])[.. audit.Request.PromptIds.Span, .. audit.CompletionIds.Span[..^1]];

    /// <summary>Whether the draw gives this token, or comes near to it.</summary>
    private bool IsDrawn(int id, Span<float> row, TokenSampler sampler)
    {
        var sampling = audit.Request.Sampling with { TopLogprobs = null };
        var draw = Philox.Draw(sampling.Seed ?? 0, PromptTokens + _logprobs.Count);
        _row = [.. row];
        if (sampler.Sample(row, sampling, _adjustment, [], draw).Id is var drawn && (drawn == id || drawn < 0))
        {
            return drawn == id;
        }

        if (sampling.Temperature == 0)
        {
            return row[drawn] - row[id] < NearLogit;
        }

        foreach (var near in (double[])[Math.Max(0, draw - NearBorder), Math.Min(draw + NearBorder, 1 - 1e-12)])
        {
            _row.CopyTo(row);
            if (sampler.Sample(row, sampling, _adjustment, [], near).Id == id)
            {
                return true;
            }
        }

        return false;
    }

    private AuditReport Conclude()
    {
        double[]? differences = audit.Logprobs is null ? null : [.. audit.Logprobs.Zip(_logprobs, (reported, computed) => Math.Abs(reported - computed))];
        int? wrongDraws = DrawsAgain ? _wrongDraws : null;
        var (mean, largest) = (differences?.Average(), differences?.Max());

        // Written so that a reported NaN is a difference.
        var verdict = differences is not null && !(mean <= audit.Tolerance.MeanLogprob && largest <= audit.Tolerance.LargestLogprob) ? AuditVerdict.OtherLogprobs
            : wrongDraws > audit.Tolerance.WrongDraws * _logprobs.Count ? AuditVerdict.OtherDraws
            : differences is null && wrongDraws is null ? AuditVerdict.Inconclusive
            : AuditVerdict.Consistent;
        return new AuditReport(verdict, _logprobs, mean, largest, wrongDraws);
    }
}
