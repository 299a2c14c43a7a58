using System.Globalization;
using CocoonOrleans.Cli.Network;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>Settings of workers whose engine replays a script: slow where a test must have time to kill something, and broken on demand.</summary>
internal static class Script
{
    /// <summary>Answers "slow" prompts token by token, for several seconds.</summary>
    public const string Slow = "slow";

    /// <summary>On the first worker: fails before the first token. On the others: answers.</summary>
    public const string FailsAtOnce = "fails-at-once";

    /// <summary>On every worker: fails after <see cref="TokensBeforeFailure"/> tokens.</summary>
    public const string FailsMidway = "fails-midway";

    /// <summary>Random tokens up to the request's limit.</summary>
    public const string Garbage = "garbage";

    public const int TokensBeforeFailure = 5;

    public const int SlowTokensPerSecond = 20;

    private static readonly string Long = string.Concat(Enumerable.Repeat("one two three ", 60));

    /// <summary>Puts scripted engines into all workers of a network.</summary>
    public static LocalNetworkOptions InAllWorkers(LocalNetworkOptions options) => options with
    {
        WorkerSettings = Enumerable.Range(0, options.Workers).ToDictionary(worker => worker, worker => (IReadOnlyList<string>)[.. Settings(worker)]),
    };

    private static IEnumerable<string> Settings(int worker)
    {
        yield return "--Worker:Engine=Scripted";
        yield return "--Worker:Scripted:ContextTokens=512";
        string[] rules =
        [
            .. Rule(0, Slow, Long, tokensPerSecond: SlowTokensPerSecond),
            .. worker == 0 ? Rule(1, FailsAtOnce, Long, failAfter: 0) : Rule(1, FailsAtOnce, "The second worker answers."),
            .. Rule(2, FailsMidway, Long, tokensPerSecond: SlowTokensPerSecond, failAfter: TokensBeforeFailure),
            .. Rule(3, Garbage, "", behaviour: "Garbage"),
            .. Rule(4, "", "A plain answer."),
        ];
        foreach (var setting in rules)
        {
            yield return setting;
        }
    }

    private static IEnumerable<string> Rule(
        int index, string when, string answer, double tokensPerSecond = 0, int? failAfter = null, string behaviour = "Answer")
    {
        var prefix = $"--Worker:Scripted:Rules:{index}:";
        yield return $"{prefix}WhenPromptContains={when}";
        yield return $"{prefix}Answer={answer}";
        yield return $"{prefix}Behaviour={behaviour}";
        yield return $"{prefix}TokensPerSecond={tokensPerSecond.ToString(CultureInfo.InvariantCulture)}";
        if (failAfter is { } tokens)
        {
            yield return $"{prefix}FailAfterTokens={tokens}";
        }
    }
}
