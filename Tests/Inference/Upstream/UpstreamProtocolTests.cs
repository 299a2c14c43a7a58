using System.Text;
using System.Text.Json;
using CocoonOrleans.Inference.Upstream;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>Events as each server writes them, and events that nobody would write.</summary>
public sealed class UpstreamProtocolTests
{
    private static readonly UpstreamProtocol[] Protocols =
    [
        .. new[] { UpstreamDialect.Vllm, UpstreamDialect.Sglang, UpstreamDialect.LlamaServer, UpstreamDialect.OpenAi }.Select(dialect => UpstreamProtocol.Of(new UpstreamServer(dialect, "", null))),
    ];

    [Theory]
    [InlineData(0, """{"text":"ab","output_ids":[1,2],"meta_info":{"completion_tokens":2,"finish_reason":null}}""", "1,2")]
    [InlineData(2, """{"text":"abc","output_ids":[1,2,3],"meta_info":{"completion_tokens":3,"finish_reason":null}}""", "3")]
    [InlineData(2, """{"text":"abc","output_ids":[3],"meta_info":{"completion_tokens":3,"finish_reason":null}}""", "3")]
    [InlineData(3, """{"text":"abc","output_ids":[1,2,3],"meta_info":{"completion_tokens":3,"finish_reason":{"type":"stop","matched":3}}}""", "")]
    [InlineData(3, """{"text":"abc","output_ids":[],"meta_info":{"completion_tokens":3,"finish_reason":{"type":"length","length":3}}}""", "")]
    public void Sglang_IdsSoFarOrNewOnes_GiveTheNewOnes(int received, string json, string expected)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(expected, string.Join(',', Protocols[1].Read(document.RootElement, received).Ids));
    }

    [Fact]
    public void RandomEvents_GiveAChunkOrAFault_AndNothingElse()
    {
        var random = new Random(20260102);
        string[] names = ["choices", "text", "token_ids", "finish_reason", "model", "index", "output_ids", "meta_info", "completion_tokens", "type", "content", "tokens", "stop", "stop_type", "error", "code"];
        string[] values = ["null", "true", "7", "-1", "1.5", "1e99", "\"stop\"", "\"length\"", "\"\\ud800\"", "\"a\"", "[]", "{}", "[97]", "[[97]]", "[{\"text\":\"a\",\"token_ids\":[97]}]"];
        for (var i = 0; i < 20_000; i++)
        {
            try
            {
                using var json = UpstreamJson.Parse(Encoding.UTF8.GetBytes(Value(depth: 3)), "an event");
                foreach (var protocol in Protocols)
                {
                    try
                    {
                        Assert.NotNull(protocol.Read(json.RootElement, random.Next(3)));
                    }
                    catch (UpstreamFaultException)
                    {
                        // What it is for.
                    }
                }
            }
            catch (UpstreamFaultException)
            {
                // The whole was no object.
            }
        }

        string Value(int depth) => depth == 0 || random.Next(4) == 0
            ? values[random.Next(values.Length)]
            : random.Next(5) == 0
                ? $"[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Value(depth - 1)))}]"
                : $"{{{string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => $"\"{names[random.Next(names.Length)]}\":{Value(depth - 1)}"))}}}";
    }
}
