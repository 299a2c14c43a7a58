using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Chat;

namespace CocoonOrleans.Gateway.Responses;

/// <summary>How the documents of responses are written.</summary>
internal static class ResponseJson
{
    /// <summary>The node as UTF-8, on one line.</summary>
    public static byte[] Write(JsonNode node) => AnswerJson.Write(json => node.WriteTo(json));

    /// <summary>The node as an answer.</summary>
    public static IResult Result(JsonNode node) => Results.Bytes(Write(node), "application/json");
}
