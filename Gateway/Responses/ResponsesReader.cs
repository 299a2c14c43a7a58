using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Responses;

namespace CocoonOrleans.Gateway.Responses;

/// <summary>Understands one request for a response, which workers get as a chat request. Made anew for each.</summary>
/// <param name="catalog">The models.</param>
/// <param name="chatModels">Their tokenizers.</param>
/// <param name="chats">Understands the chat request.</param>
/// <param name="store">The responses from which it may go on.</param>
/// <param name="apiKey">The client's key, with which they are opened.</param>
public sealed class ResponsesReader(ModelCatalog catalog, ChatModels chatModels, ChatReader chats, ResponseStore store, string apiKey) : JobReader<ChatJob>(catalog, chatModels)
{
    /// <summary>The request, once it has been read.</summary>
    public ResponsesRequest? Request { get; private set; }

    /// <summary>Messages of the responses from which it goes on, oldest first.</summary>
    public IReadOnlyList<string> Earlier { get; private set; } = [];

    /// <summary>The items of the request's input, as they are listed later.</summary>
    public JsonArray InputItems(Guid jobId)
    {
        var items = new JsonArray();
        foreach (JsonNode? item in Request!.Input.SelectMany(static input => JsonNode.Parse(input.Item)!.AsArray()))
        {
            JsonObject listed = item!.DeepClone().AsObject();
            string kind = listed["type"]!.GetValue<string>() switch { "message" => "msg", "function_call" => "fc", _ => "fco" };
            listed["id"] = $"{kind}_{jobId:N}in{items.Count:x2}";
            items.Add((JsonNode)listed);
        }

        return items;
    }

    /// <inheritdoc/>
    public override ChatJob? Read(JobIntake intake, out ApiError? error)
    {
        ArgumentNullException.ThrowIfNull(intake);
        if (!ResponsesRequest.TryParse(intake.Body, out ResponsesRequest? request, out ChatRequestError? fault))
        {
            error = Refused(fault);
            return null;
        }

        error = intake.IsStrict && request.IgnoredParameters is [string ignored, ..] ? Unknown(ignored)
            : request.Background && !store.HasRoom(intake.Caller.KeyId) ? new ApiError(ErrorKinds.RateLimitExceeded, "As many responses are in the background as may be.") { RetryAfter = TimeSpan.FromSeconds(5) }
            : null;
        if (error is not null)
        {
            return null;
        }

        if (request.PreviousResponseId is { } previous)
        {
            if (store.Find(intake.Caller, apiKey, previous) is not { } kept)
            {
                error = new ApiError(ErrorKinds.ResponseNotFound, "This key has no such response: it was not stored, has expired, or is still running.") { Param = "previous_response_id" };
                return null;
            }

            Earlier = kept.Messages;
        }

        Request = request;
        ChatJob? job = chats.Read(intake with { Body = request.ToChat(Earlier) }, out error);
        error = error is null ? null : error with { Param = request.ParamOf(error.Param, Earlier.Count) };
        return job;
    }
}
