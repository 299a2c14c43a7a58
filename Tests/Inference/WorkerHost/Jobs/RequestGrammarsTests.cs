using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.WorkerHost.Jobs;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Jobs;

public sealed class RequestGrammarsTests : IDisposable
{
    private const string Schema = """{"type":"integer"}""";

    private readonly RequestGrammars _grammars = new();

    public void Dispose() => _grammars.Dispose();

    [Fact]
    public void Of_SameClientAndSchema_IsTheSameGrammar() => Assert.Same(_grammars.OfSchema("a", Schema), _grammars.OfSchema("a", Schema));

    [Fact]
    public void Of_OtherClientSchemaOrNone_IsAnother()
    {
        var first = _grammars.OfSchema("a", Schema);

        Assert.NotSame(first, _grammars.OfSchema("b", Schema));
        Assert.NotSame(first, _grammars.OfSchema("a", """{"type":"string"}"""));
        Assert.NotSame(_grammars.OfPattern("a", "a"), _grammars.OfPattern("b", "a"));
        Assert.Same(_grammars.OfGbnf("a", "root ::= \"a\""), _grammars.OfGbnf("a", "root ::= \"a\""));
        Assert.NotSame(_grammars.OfSchema(null, Schema), _grammars.OfSchema(null, Schema));
    }

    [Fact]
    public void Of_BadSchema_IsRefusedEachTime()
    {
        Assert.Throws<GrammarException>(() => _grammars.OfSchema("a", """{"type":"nothing"}"""));
        Assert.Throws<GrammarException>(() => _grammars.OfSchema("a", """{"type":"nothing"}"""));
    }
}
