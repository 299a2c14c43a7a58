using System.Globalization;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Scripted;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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

    /// <summary>On the first worker: no token for minutes. On the others: answers at once.</summary>
    public const string Waits = "waits";

    /// <summary>Random tokens up to the request's limit.</summary>
    public const string Garbage = "garbage";

    public const int TokensBeforeFailure = 5;

    public const int SlowTokensPerSecond = 20;

    /// <summary>What the second worker answers where the first does not.</summary>
    public const string SecondAnswer = "The second worker answers.";

    /// <summary>What every worker answers to anything else.</summary>
    public const string PlainAnswer = "A plain answer.";

    /// <summary>What the long answers repeat.</summary>
    public const string Verse = "one two three ";

    private static readonly string Long = string.Concat(Enumerable.Repeat(Verse, 60));

    /// <summary>Puts scripted engines into all workers of a network. All say the same, so they serve one model: the one that the catalogue is told.</summary>
    public static Task<LocalNetworkOptions> InAllWorkersAsync(LocalNetworkOptions options) => InAllWorkersAsync(options, Settings);

    /// <summary>Puts scripted engines that only answer into all workers.</summary>
    /// <param name="options">The network.</param>
    /// <param name="answers">What a prompt contains, and what is answered to it; the first that fits.</param>
    public static Task<LocalNetworkOptions> InAllWorkersAsync(LocalNetworkOptions options, IEnumerable<(string When, string Answer)> answers)
    {
        string[] settings = ["--Worker:Engine=Scripted", "--Worker:Scripted:ContextTokens=512", .. answers.SelectMany((rule, i) => Rule(i, rule.When, rule.Answer))];
        return InAllWorkersAsync(options, _ => settings);
    }

    private static async Task<LocalNetworkOptions> InAllWorkersAsync(LocalNetworkOptions options, Func<int, string[]> settings)
    {
        var manifest = await ManifestAsync(options, settings(0));
        return options with
        {
            SiloSettings = [.. options.SiloSettings, $"--Catalog:Models:0:ManifestSha256={manifest}"],
            WorkerSettings = Enumerable.Range(0, options.Workers).ToDictionary(
                worker => worker, worker => (IReadOnlyList<string>)[.. settings(worker), $"--Worker:Models:0:ManifestSha256={manifest}"]),
        };
    }

    private static async Task<string> ManifestAsync(LocalNetworkOptions options, string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Development });
        builder.Configuration.AddCommandLine(settings);
        builder.Services.AddScriptedEngine();
        builder.Services.AddOptions<ScriptedEngineOptions>().BindConfiguration("Worker:Scripted");
        builder.Services.AddSingleton(TimeProvider.System);
        using var host = builder.Build();
        var engine = host.Services.GetRequiredService<IInferenceEngine>();
        var model = await engine.LoadAsync(new ModelReference(options.ModelName, options.ModelFolder, null), progress: null, CancellationToken.None);
        return model.ManifestSha256;
    }

    private static string[] Settings(int worker) =>
    [
        "--Worker:Engine=Scripted",
        "--Worker:Scripted:ContextTokens=512",
        .. Rule(0, Slow, Long, tokensPerSecond: SlowTokensPerSecond),
        .. Rule(1, FailsAtOnce, SecondAnswer, failAfter: worker == 0 ? 0 : null),
        .. Rule(2, FailsMidway, Long, tokensPerSecond: SlowTokensPerSecond, failAfter: TokensBeforeFailure),
        .. Rule(3, Garbage, "", behaviour: "Garbage"),
        .. Rule(4, Waits, SecondAnswer, firstToken: worker == 0 ? "00:05:00" : "00:00:00"),
        .. Rule(5, "", PlainAnswer),
    ];

    private static IEnumerable<string> Rule(
        int index, string when, string answer, double tokensPerSecond = 0, int? failAfter = null, string behaviour = "Answer", string firstToken = "00:00:00")
    {
        var prefix = $"--Worker:Scripted:Rules:{index}:";
        yield return $"{prefix}WhenPromptContains={when}";
        yield return $"{prefix}Answer={answer}";
        yield return $"{prefix}Behaviour={behaviour}";
        yield return $"{prefix}FirstTokenDelay={firstToken}";
        yield return $"{prefix}TokensPerSecond={tokensPerSecond.ToString(CultureInfo.InvariantCulture)}";
        if (failAfter is { } tokens)
        {
            yield return $"{prefix}FailAfterTokens={tokens}";
        }
    }
}
