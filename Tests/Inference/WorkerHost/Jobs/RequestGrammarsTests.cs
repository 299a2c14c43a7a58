using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Jobs;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Jobs;

public sealed class RequestGrammarsTests : IDisposable
{
    private const string Schema = """{"type":"integer"}""";

    private readonly RequestGrammars _grammars = new();

    public void Dispose() => _grammars.Dispose();

    [Fact]
    public void Of_SameClientAndSchema_IsTheSameGrammar() => Assert.Same(_grammars.Of(Job("a"), Schema), _grammars.Of(Job("a"), Schema));

    [Fact]
    public void Of_OtherClientSchemaOrNone_IsAnother()
    {
        var first = _grammars.Of(Job("a"), Schema);

        Assert.NotSame(first, _grammars.Of(Job("b"), Schema));
        Assert.NotSame(first, _grammars.Of(Job("a"), """{"type":"string"}"""));
        Assert.NotSame(_grammars.Of(Job(null), Schema), _grammars.Of(Job(null), Schema));
    }

    [Fact]
    public void Of_BadSchema_IsRefusedEachTime()
    {
        Assert.Throws<GrammarException>(() => _grammars.Of(Job("a"), """{"type":"nothing"}"""));
        Assert.Throws<GrammarException>(() => _grammars.Of(Job("a"), """{"type":"nothing"}"""));
    }

    private static JobDispatch Job(string? tenant) => new(
        "job", "lease", "model", "completion", DateTimeOffset.UnixEpoch, 1, DateTimeOffset.UnixEpoch, new OfferedPrices(0, 0, 0), "terms", tenant);
}
