using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Scripted;
using CocoonOrleans.Tests.Inference.Engines;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Scripted;

public sealed class ScriptedEngineEmbeddingContractTests : EmbeddingContract
{
    private readonly TinyModel _model = new();

    protected override ModelReference Reference(string name) => new(name, _model.Folder);

    protected override IInferenceEngine Start() => new ScriptedEngine(
        Options.Create(new ScriptedEngineOptions { Slots = 2, Queue = 2, ContextTokens = 512, EmbeddingSize = 12, Rules = [new()] }), new TestEnvironment(Environments.Development), Time);

    public override void Dispose() => _model.Dispose();
}
