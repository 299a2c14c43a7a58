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
    public void Of_SameClientAndSchema_IsTheSameGrammar() => Assert.Same(_grammars.OfSchema(Job("a"), Schema), _grammars.OfSchema(Job("a"), Schema));

    [Fact]
    public void Of_OtherClientSchemaOrNone_IsAnother()
    {
        var first = _grammars.OfSchema(Job("a"), Schema);

        Assert.NotSame(first, _grammars.OfSchema(Job("b"), Schema));
        Assert.NotSame(first, _grammars.OfSchema(Job("a"), """{"type":"string"}"""));
        Assert.NotSame(_grammars.OfPattern(Job("a"), "a"), _grammars.OfPattern(Job("b"), "a"));
        Assert.Same(_grammars.OfGbnf(Job("a"), "root ::= \"a\""), _grammars.OfGbnf(Job("a"), "root ::= \"a\""));
        Assert.NotSame(_grammars.OfSchema(Job(null), Schema), _grammars.OfSchema(Job(null), Schema));
    }

    [Fact]
    public void Of_BadSchema_IsRefusedEachTime()
    {
        Assert.Throws<GrammarException>(() => _grammars.OfSchema(Job("a"), """{"type":"nothing"}"""));
        Assert.Throws<GrammarException>(() => _grammars.OfSchema(Job("a"), """{"type":"nothing"}"""));
    }

    private static JobDispatch Job(string? tenant) => new(
        "job", "lease", "model", "completion", DateTimeOffset.UnixEpoch, 1, DateTimeOffset.UnixEpoch, new OfferedPrices(0, 0, 0), "terms", tenant);
}
