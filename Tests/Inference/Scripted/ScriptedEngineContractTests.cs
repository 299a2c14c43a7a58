using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Scripted;
using CocoonOrleans.Tests.Inference.Engines;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Scripted;

public sealed class ScriptedEngineContractTests : EngineContract
{
    private readonly TinyModel _model = new();

    protected override string Folder => _model.Folder;

    protected override IInferenceEngine Start() => new ScriptedEngine(
        Options.Create(new ScriptedEngineOptions
        {
            Slots = 2,
            Queue = 2,
            ContextTokens = 512,
            Rules = [new() { Answer = "The quick brown fox jumps over the lazy dog, and the dog sleeps on in the warm sun." }],
        }),
        new TestEnvironment(Environments.Development),
        Time);

    public override void Dispose() => _model.Dispose();
}
