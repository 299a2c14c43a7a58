using System.Globalization;
using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Responses;

/// <summary><c>/v1/responses/{id}</c>: reading, resuming, cancelling and deleting responses that are kept or run in the background.</summary>
public sealed class KeptResponsesEndpoint(ResponseStore store, IOptions<GatewayOptions> options, TimeProvider time)
{
    private const int MostItems = 100;
    private const int UsualItems = 20;

    /// <summary>The response as it stands, or with <c>stream=true</c> its events after the number <c>starting_after</c>.</summary>
    public async Task<IResult> FindAsync(string id, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (Caller caller, string apiKey) = Of(http);
        if (!TryReadPlace(http.Request.Query, out bool stream, out int from, out ApiError? error))
        {
            return error!;
        }

        (RunningResponse? running, KeptResponse? kept) = Find(caller, apiKey, id);
        if (running is null && kept is null)
        {
            return NotFound();
        }

        if (!stream)
        {
            return ResponseJson.Result(running?.Builder.Snapshot() ?? kept!.Response);
        }

        ResponseLog? log = running is null ? LogOf(kept!.Events) : running.Log;
        if (log is null)
        {
            return new ApiError(ErrorKinds.InvalidValue, "This response was not made with stream: true, so it has no events.") { Param = "stream" };
        }

        await ResponseEventWriter.WriteAsync(http, log, from, options.Value.Dispatch.KeepAlivePeriod, time);
        return http.Response.HasStarted ? Results.Empty : Results.Text("", "text/event-stream");
    }

    /// <summary>Forgets the response; one that is under way is cancelled first.</summary>
    public async Task<IResult> DeleteAsync(string id, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (Caller caller, _) = Of(http);
        await CancelAsync(caller, id, http.RequestAborted);
        return store.Delete(caller, id) ? ResponseJson.Result(new JsonObject { ["id"] = id, ["object"] = "response", ["deleted"] = true }) : NotFound();
    }

    /// <summary>Cancels a response in the background; what was generated is charged. One that has ended stays as it is.</summary>
    public async Task<IResult> CancelAsync(string id, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (Caller caller, string apiKey) = Of(http);
        await CancelAsync(caller, id, http.RequestAborted);
        if (store.Find(caller, apiKey, id) is not { } kept)
        {
            return NotFound();
        }

        return kept.Response["background"]!.GetValue<bool>()
            ? ResponseJson.Result(kept.Response)
            : new ApiError(ErrorKinds.InvalidValue, "Only a response that was made with background: true can be cancelled.") { Param = "response_id" };
    }

    /// <summary>The items of the response's input, the newest first unless <c>order=asc</c>.</summary>
    public IResult ListInput(string id, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (Caller caller, string apiKey) = Of(http);
        IQueryCollection query = http.Request.Query;
        int limit = UsualItems;
        if (query.TryGetValue("limit", out var wanted) && (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostItems))
        {
            return new ApiError(ErrorKinds.InvalidValue, $"limit must be a whole number from 1 to {MostItems}.") { Param = "limit" };
        }

        string order = query["order"].ToString();
        if (order is not ("" or "asc" or "desc"))
        {
            return new ApiError(ErrorKinds.InvalidValue, "order must be asc or desc.") { Param = "order" };
        }

        (RunningResponse? running, KeptResponse? kept) = Find(caller, apiKey, id);
        if ((running?.Input ?? kept?.Input) is not { } input)
        {
            return NotFound();
        }

        List<JsonNode> items = [.. input.Select(static item => item!.DeepClone())];
        if (order != "asc")
        {
            items.Reverse();
        }

        if (query["after"].ToString() is { Length: > 0 } after)
        {
            int place = items.FindIndex(item => item["id"]!.GetValue<string>() == after);
            if (place < 0)
            {
                return new ApiError(ErrorKinds.InvalidValue, "after must be the id of an item of this input.") { Param = "after" };
            }

            items.RemoveRange(0, place + 1);
        }

        JsonNode[] page = [.. items.Take(limit)];
        return ResponseJson.Result(new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray(page),
            ["first_id"] = page.Length == 0 ? "" : page[0]["id"]!.GetValue<string>(),
            ["last_id"] = page.Length == 0 ? "" : page[^1]["id"]!.GetValue<string>(),
            ["has_more"] = items.Count > page.Length,
        });
    }

    private static (Caller Caller, string ApiKey) Of(HttpContext http) => (http.Features.GetRequiredFeature<Caller>(), ApiKeyFilter.KeyOf(http));

    private static ApiError NotFound() =>
        new(ErrorKinds.ResponseNotFound, "This key has no such response here: it was not stored, was deleted, has expired, or another gateway has it.") { Param = "response_id" };

    private static bool TryReadPlace(IQueryCollection query, out bool stream, out int from, out ApiError? error)
    {
        (from, error) = (0, null);
        string streamed = query["stream"].ToString();
        stream = streamed == "true";
        if (streamed is not ("" or "true" or "false"))
        {
            error = new ApiError(ErrorKinds.InvalidValue, "stream must be true or false.") { Param = "stream" };
        }
        else if (query["starting_after"].ToString() is { Length: > 0 } after)
        {
            error = int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < int.MaxValue
                ? null
                : new ApiError(ErrorKinds.InvalidValue, "starting_after must be the sequence_number of an event.") { Param = "starting_after" };
            from = number + (error is null ? 1 : 0);
        }

        return error is null;
    }

    private static ResponseLog? LogOf(IReadOnlyList<ResponseEvent>? events)
    {
        if (events is null)
        {
            return null;
        }

        var log = new ResponseLog();
        foreach (ResponseEvent one in events)
        {
            log.Append(_ => one);
        }

        log.End();
        return log;
    }

    // One that ends in between is found among the ended ones.
    private (RunningResponse? Running, KeptResponse? Kept) Find(Caller caller, string apiKey, string id) =>
        store.FindRunning(caller, id) is { } running ? (running, null) : (null, store.Find(caller, apiKey, id));

    private async Task CancelAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        if (store.FindRunning(caller, id) is { } running)
        {
            await running.CancelAsync();
            await running.Ended.Task.WaitAsync(cancellationToken);
        }
    }
}
