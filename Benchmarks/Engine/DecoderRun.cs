using System.Diagnostics;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>Our side: a decoder that does what llama.cpp's process is asked for, choosing each next token too.</summary>
internal sealed class DecoderRun : IDisposable
{
    /// <summary>Blocks of the cache that each sequence has.</summary>
    public const int BlocksPerSequence = 80;

    private readonly IDecoder _decoder;
    private readonly StepBatch _batch = new(1024 + IDecoder.BlockTokens);
    private readonly BlockTable[] _tables;
    private readonly float[] _logits;

    /// <param name="decoder">The decoder, with <see cref="BlocksPerSequence"/> blocks for each sequence; it goes with this.</param>
    /// <param name="sequences">The most sequences.</param>
    public DecoderRun(IDecoder decoder, int sequences = 1)
    {
        _decoder = decoder;
        _logits = new float[decoder.VocabularySize * sequences];
        _tables = [.. Enumerable.Range(0, sequences).Select(_ => new BlockTable())];
        for (var block = 0; block < BlocksPerSequence * sequences; block++)
        {
            _tables[block / BlocksPerSequence].Add(block);
        }
    }

    /// <summary>Decodes some tokens behind a prompt, for each sequence.</summary>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <param name="steps">Tokens to decode.</param>
    /// <param name="between">Done before each step, outside its time.</param>
    public StepTimes Decode(int prompt, int steps, Action? between = null)
    {
        Span<int> next = stackalloc int[_tables.Length];
        foreach (var (table, index) in _tables.Select((table, index) => (table, index)))
        {
            _batch.Clear();
            _batch.Add(Tokens(prompt), 0, table, 1);
            _decoder.Compute(_batch, _logits);
            next[index] = Best(0);
        }

        var wall = new double[steps];
        var cpu = Environment.CpuUsage.TotalTime;
        for (var step = 0; step < steps; step++)
        {
            between?.Invoke();
            var start = Stopwatch.GetTimestamp();
            _batch.Clear();
            for (var i = 0; i < _tables.Length; i++)
            {
                _batch.Add(next.Slice(i, 1), prompt + step, _tables[i], 1);
            }

            _decoder.Compute(_batch, _logits);
            for (var i = 0; i < _tables.Length; i++)
            {
                next[i] = Best(i);
            }

            wall[step] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return StepTimes.Of(wall, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
    }

    /// <summary>Computes a prompt.</summary>
    /// <param name="tokens">Its length.</param>
    public StepTimes Prefill(int tokens)
    {
        var ids = Tokens(tokens);
        var (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        _batch.Clear();
        _batch.Add(ids, 0, _tables[0], 1);
        _decoder.Compute(_batch, _logits);
        _ = Best(0);
        return StepTimes.Of([Stopwatch.GetElapsedTime(start).TotalMilliseconds], (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
    }

    public void Dispose() => _decoder.Dispose();

    private int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(i => (300 + (i * 7 % 2000)) % _decoder.VocabularySize)];

    private int Best(int row)
    {
        var logits = _logits.AsSpan(row * _decoder.VocabularySize, _decoder.VocabularySize);
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }
}
