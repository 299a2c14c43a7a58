using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Inference.Native;

/// <summary>On our own kernels an answer depends on prompt, options and seed alone: to the bit, whatever else is computed at the same time.</summary>
public sealed class NativeEngineDeterminismTests : IDisposable
{
    private static readonly int Requests = LongRun.Rounds(1_000, 30_000);

    private readonly TinyModel _files = new();
    private readonly TestMeters _meters = new();
    private readonly Grammar _grammar = Grammar.FromJsonSchema("""{"type":"array","items":{"enum":[1,22,333]},"maxItems":5}"""u8.ToArray());

    public void Dispose()
    {
        _files.Dispose();
        _meters.Dispose();
    }

    /// <summary>
    /// A thousand requests of random lengths and options, 24 at a time; some are cancelled, some readers go away. The cache holds a fraction of them, so answers are
    /// interrupted and computed again, and prompts share what others cached.
    /// </summary>
    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public async Task Generate_ThousandRequestsAtOnce_EachIsBitForBitAsAlone()
    {
        await using var alone = await StartAsync(new NativeEngineOptions { Slots = 1 });
        await using var busy = await StartAsync(new NativeEngineOptions
        {
            Slots = 12,
            Queue = 64,
            Threads = 2,
            StepTokens = 40,
            CacheTokens = 600,
            EventsAhead = 4,
        });
        var expected = new List<List<(int Choice, int Id, double Logprob)>>();
        for (var number = 0; number < Requests; number++)
        {
            expected.Add(await AnswerAsync(alone, number, leaves: false));
        }

        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 24).Select(async _ =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) < Requests;)
            {
                var seen = await AnswerAsync(busy, number, leaves: true);

                // Several answers to one prompt come mixed, and not always in the same way.
                for (var choice = 0; choice < Choices(number); choice++)
                {
                    var answer = seen.Where(token => token.Choice == choice).ToList();
                    Assert.Equal(expected[number].Where(token => token.Choice == choice).Take(answer.Count), answer);
                }

                Assert.True(seen.Count == expected[number].Count || Leaves(number) <= seen.Count, $"{number} ended early");
            }
        }));

        await Eventually.EqualAsync(0, () => busy.Statistics.Running + busy.Statistics.Queued, "requests under way");
    }

    private static int Leaves(int number) => number % 5 == 0 ? number % 17 : int.MaxValue;

    private static int Choices(int number) => number % 7 == 0 ? 3 : 1;

    private async Task<NativeEngine> StartAsync(NativeEngineOptions options)
    {
        var engine = new NativeEngine(Microsoft.Extensions.Options.Options.Create(options), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("tiny", _files.Folder), null, CancellationToken.None);
        return engine;
    }

    private async Task<List<(int Choice, int Id, double Logprob)>> AnswerAsync(NativeEngine engine, int number, bool leaves)
    {
        var seen = new List<(int Choice, int Id, double Logprob)>();
        using var cancelled = new CancellationTokenSource();
        try
        {
            await foreach (var step in engine.GenerateAsync(Request(number), cancelled.Token))
            {
                if (step is TokenGenerated token)
                {
                    seen.Add((token.Choice, token.Id, token.Logprobs!.Logprob));
                }

                if (leaves && seen.Count >= Leaves(number) && number % 2 == 0)
                {
                    break;
                }

                if (leaves && seen.Count >= Leaves(number))
                {
                    await cancelled.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
        }

        return seen;
    }

    private GenerationRequest Request(int number)
    {
        var dice = new Random(number);

        // A few beginnings, so that many are in the prefix cache.
        var beginning = Enumerable.Range(dice.Next(4) * 20, dice.Next(1, 60));
        return new GenerationRequest
        {
            Model = "tiny",
            PromptIds = beginning.Append(dice.Next(256)).ToArray(),
            MaxCompletionTokens = dice.Next(1, 40),
            Choices = Choices(number),
            Tenant = dice.Next(3) is var tenant && tenant > 0 ? $"tenant {tenant}" : null,
            Grammar = dice.Next(5) == 0 ? _grammar : null,
            Sampling = new SamplingOptions
            {
                Temperature = dice.Next(4) == 0 ? 0 : dice.NextDouble() * 2,
                TopP = dice.Next(2) == 0 ? 1 : 0.5 + (dice.NextDouble() / 2),
                TopK = dice.Next(2) * dice.Next(1, 50),
                MinP = dice.Next(3) == 0 ? 0.05 : 0,
                PresencePenalty = dice.NextDouble(),
                RepetitionPenalty = dice.Next(2) == 0 ? 1 : 1.1,
                LogitBias = new Dictionary<int, double> { [dice.Next(256)] = 5 },
                Seed = number,
                TopLogprobs = 0,
            },
        };
    }
}
