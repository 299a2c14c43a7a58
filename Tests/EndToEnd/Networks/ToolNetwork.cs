namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>
/// One network whose scripted model calls a function and then answers: the house model's tokenizer with a chat template that shows tools, as Hermes' and Qwen's do.
/// A fake model, since none that calls functions reliably is at hand; all around it is real.
/// </summary>
[CollectionDefinition(Collection)]
public sealed class ToolNetwork : IDisposable, IAsyncLifetime, ICollectionFixture<ToolNetwork>
{
    public const string Collection = "Tool network";

    /// <summary>What the model says before its call.</summary>
    public const string Preface = "I will look.";

    /// <summary>What it says once it has the function's result.</summary>
    public const string Answer = "The sun shines in Paris.";

    private readonly ToolModelFolder _model = new();
    private TestNetwork? _network;

    public TestNetwork Network => _network ?? throw new InvalidOperationException("The network has not started.");

    public async Task InitializeAsync()
    {
        _network = await TestNetwork.StartAsync(options => Script.InAllWorkersAsync(
            options with { ModelFolder = _model.Path },
            [
                ("It is sunny in Paris.", Answer),
                ("weather in Paris and in Rome", Call("Paris") + "\n" + Call("Rome")),
                ("weather in Paris", Preface + "\n" + Call("Paris")),
                ("", Script.PlainAnswer),
            ]));
    }

    public async Task DisposeAsync() => await Network.DisposeAsync();

    public void Dispose() => _model.Dispose();

    private static string Call(string city) => $$$"""
        <tool_call>
        {"name": "get_weather", "arguments": {"city": "{{{city}}}"}}
        </tool_call>
        """;
}
