namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>
/// One network whose scripted model calls functions as it is told to, also two at once and with words before: what the house model doesn't do. A fake model with the
/// house model's tokenizer and template; all around it is real.
/// </summary>
[CollectionDefinition(Collection)]
public sealed class ToolNetwork : IAsyncLifetime, ICollectionFixture<ToolNetwork>
{
    public const string Collection = "Tool network";

    /// <summary>What the model says before its call.</summary>
    public const string Preface = "I will look.";

    /// <summary>What it says once it has the function's result.</summary>
    public const string Answer = "The sun shines in Paris.";

    private TestNetwork? _network;

    public TestNetwork Network => _network ?? throw new InvalidOperationException("The network has not started.");

    public async Task InitializeAsync()
    {
        _network = await TestNetwork.StartAsync(options => Script.InAllWorkersAsync(
            options,
            [
                ("It is sunny in Paris.", Answer),
                ("weather in Paris and in Rome", Call("Paris") + "\n" + Call("Rome")),
                ("weather in Paris", Preface + "\n" + Call("Paris")),
                ("", Script.PlainAnswer),
            ]));
    }

    public async Task DisposeAsync() => await Network.DisposeAsync();

    private static string Call(string city) => $$$"""
        <tool_call>
        {"name": "get_weather", "arguments": {"city": "{{{city}}}"}}
        </tool_call>
        """;
}
