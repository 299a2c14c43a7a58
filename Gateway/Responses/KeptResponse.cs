using System.Text.Json.Nodes;

namespace CocoonOrleans.Gateway.Responses;

/// <summary>What is kept of a response, opened.</summary>
/// <param name="Response">The response itself.</param>
/// <param name="Messages">All messages of its chat, its own answer last, each a JSON object; without instructions, which are not passed on.</param>
/// <param name="Input">The items of its input, oldest first.</param>
/// <param name="Events">Its events; null where it was not streamed.</param>
public sealed record KeptResponse(JsonObject Response, IReadOnlyList<string> Messages, JsonArray Input, IReadOnlyList<ResponseEvent>? Events)
{
    /// <summary>Written, to be sealed.</summary>
    public byte[] ToUtf8() => ResponseJson.Write(new JsonObject
    {
        ["response"] = Response.DeepClone(),
        ["messages"] = new JsonArray([.. Messages.Select(static message => (JsonNode)message)]),
        ["input"] = Input.DeepClone(),
        ["events"] = Events is null ? null : new JsonArray([.. Events.Select(static one => JsonNode.Parse(one.Json))]),
    });

    /// <summary>Read again, as it was written here.</summary>
    public static KeptResponse Parse(byte[] utf8)
    {
        JsonObject kept = JsonNode.Parse(utf8)!.AsObject();
        return new KeptResponse(
            kept["response"]!.AsObject(),
            [.. kept["messages"]!.AsArray().Select(static message => message!.GetValue<string>())],
            kept["input"]!.AsArray(),
            kept["events"] is JsonArray events ? [.. events.Select(static one => new ResponseEvent(one!["type"]!.GetValue<string>(), ResponseJson.Write(one)))] : null);
    }
}
