using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Inference.Scripted;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.Scripted;

public sealed class ScriptedEngineTests : IDisposable
{
    private readonly TinyModel _files = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Start_InProduction_IsRefused()
        => Assert.Contains("Production", Assert.Throws<InvalidOperationException>(() => new ScriptedEngine(Script(new ScriptedRule()), new TestEnvironment(Environments.Production), _time)).Message);

    [Fact]
    public void AddScriptedEngine_InProduction_FailsTheHostsStart()
    {
        using var services = new ServiceCollection()
            .AddSingleton<IHostEnvironment>(new TestEnvironment(Environments.Production))
            .Configure<ScriptedEngineOptions>(options => options.Rules.Add(new()))
            .AddScriptedEngine()
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("Production", error.Message);
    }

    [Fact]
    public void AddScriptedEngine_BadRule_FailsTheHostsStart()
    {
        using var services = new ServiceCollection()
            .AddSingleton<IHostEnvironment>(new TestEnvironment(Environments.Development))
            .Configure<ScriptedEngineOptions>(options => options.Rules.Add(new() { TokensPerSecond = -1 }))
            .AddScriptedEngine()
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("TokensPerSecond", error.Message);
    }

    [Fact]
    public void AddNativeEngine_BadSlots_FailTheHostsStart()
    {
        using var services = new ServiceCollection().Configure<NativeEngineOptions>(options => options.Slots = 0).AddNativeEngine().BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("Slots", error.Message);
    }

    [Fact]
    public async Task Generate_FirstRuleThatFits_Answers()
    {
        await using var engine = await StartAsync(new() { WhenPromptContains = "weather", Answer = "Sunny." }, new() { Answer = "Hello." });

        Assert.Equal("Sunny.", await TextAsync(engine, "how is the weather"));
        Assert.Equal("Hello.", await TextAsync(engine, "who are you"));
        Assert.Equal(EngineKind.Scripted, engine.Capabilities.Kind);
    }

    [Fact]
    public async Task Generate_FailAfterTokens_FailsWithItsCounts()
    {
        await using var engine = await StartAsync(new ScriptedRule { Answer = "Hello.", FailAfterTokens = 3 });

        var error = await Assert.ThrowsAsync<GenerationFailedException>(() => TextAsync(engine, "x"));

        Assert.Equal((GenerationFailure.Scripted, 3), (error.Failure, error.Usage.CompletionTokens));
    }

    [Fact]
    public async Task Generate_Garbage_GoesOnToTheLimit()
    {
        await using var engine = await StartAsync(new ScriptedRule { Behaviour = ScriptedBehaviour.Garbage });
        var tokens = 0;

        await foreach (var step in engine.GenerateAsync(Request(engine, "x") with { StopIds = [] }, CancellationToken.None))
        {
            tokens += step is TokenGenerated ? 1 : 0;
        }

        Assert.Equal(50, tokens);
    }

    [Fact]
    public async Task Generate_Hang_SaysItsTextAndEndsByCancellationOnly()
    {
        await using var engine = await StartAsync(new ScriptedRule { Behaviour = ScriptedBehaviour.Hang, Answer = "ab" });
        using var cancellation = new CancellationTokenSource();
        await using var answer = engine.GenerateAsync(Request(engine, "x"), cancellation.Token).GetAsyncEnumerator();
        Assert.True(await answer.MoveNextAsync());
        Assert.True(await answer.MoveNextAsync());

        var next = answer.MoveNextAsync().AsTask();
        _time.Advance(TimeSpan.FromHours(5));
        Assert.False(next.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task Generate_Paced_WaitsForItsTime()
    {
        await using var engine = await StartAsync(new ScriptedRule { Answer = "ab", FirstTokenDelay = TimeSpan.FromSeconds(3), TokensPerSecond = 2 });
        await using var answer = engine.GenerateAsync(Request(engine, "x"), CancellationToken.None).GetAsyncEnumerator();

        var first = answer.MoveNextAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(await first);
        var second = answer.MoveNextAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(await second);
    }

    [Fact]
    public async Task Load_OtherScript_IsAnotherModel()
    {
        await using var one = await StartAsync(new ScriptedRule { Answer = "a" });
        await using var two = await StartAsync(new ScriptedRule { Answer = "b" });

        Assert.NotEqual(one.Capabilities.Models[0].ManifestSha256, two.Capabilities.Models[0].ManifestSha256);
    }

    [Fact]
    public async Task Load_SameWordsAtAnotherSpeed_IsTheSameModel()
    {
        await using var one = await StartAsync(new ScriptedRule { Answer = "a" });
        await using var two = await StartAsync(new ScriptedRule { Answer = "a", TokensPerSecond = 2, FirstTokenDelay = TimeSpan.FromSeconds(1), FailAfterTokens = 0 });

        Assert.Equal(one.Capabilities.Models[0].ManifestSha256, two.Capabilities.Models[0].ManifestSha256);
    }

    private async Task<ScriptedEngine> StartAsync(params ScriptedRule[] rules)
    {
        var engine = new ScriptedEngine(Script(rules), new TestEnvironment(Environments.Development), _time);
        await engine.LoadAsync(new ModelReference("script", _files.Folder), null, CancellationToken.None);
        return engine;
    }

    private static IOptions<ScriptedEngineOptions> Script(params ScriptedRule[] rules) => Options.Create(new ScriptedEngineOptions { Rules = [.. rules] });

    private static GenerationRequest Request(ScriptedEngine engine, string prompt)
        => new() { Model = "script", PromptIds = engine.Capabilities.Models[0].Tokenizer.Encode(prompt, addSpecialTokens: true), MaxCompletionTokens = 50 };

    private static async Task<string> TextAsync(ScriptedEngine engine, string prompt)
    {
        var text = "";
        await foreach (var step in engine.GenerateAsync(Request(engine, prompt), CancellationToken.None))
        {
            text += step.Text;
        }

        return text;
    }
}
