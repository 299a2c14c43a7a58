using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Releases;

namespace CocoonOrleans.WorkerHost.Keys;

/// <summary>Asks one key broker (docs/protocol.md, section 17). Nothing that it answers is believed: a share is checked against the manifest.</summary>
/// <param name="http">Over what.</param>
/// <param name="address">Where it answers; ends with a slash.</param>
/// <param name="time">For the limits of time.</param>
internal sealed class BrokerClient(HttpClient http, string address, TimeProvider time)
{
    // A broker may have to fetch Intel's documents first, which may take it 30 s.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(45);

    /// <summary>Where it answers.</summary>
    public string Address => address;

    /// <summary>Asks for a nonce.</summary>
    public async Task<(Digest? Nonce, BrokerRefusal? Refusal)> NonceAsync(CancellationToken cancellationToken)
    {
        var (answer, refusal) = await AskAsync(ReleaseHttp.NoncesPath, null, ReleaseJson.Default.BrokerNonce, cancellationToken);
        return answer is null ? (null, refusal)
            : answer.Nonce.Length == Digest.Length ? (new Digest(answer.Nonce), null)
            : (null, Malformed($"a nonce of {answer.Nonce.Length} bytes"));
    }

    /// <summary>Asks for the share.</summary>
    public async Task<(SealedShare? Share, BrokerRefusal? Refusal)> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(request, ReleaseJson.Default.ReleaseRequest);
        var (answer, refusal) = await AskAsync(ReleaseHttp.ReleasesPath, content, ReleaseJson.Default.ReleaseAnswer, cancellationToken);
        return answer is null ? (null, refusal) : (new SealedShare(answer.Encapsulation, answer.Sealed), null);
    }

    private async Task<(T? Answer, BrokerRefusal? Refusal)> AskAsync<T>(string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await http.PostAsync(new Uri($"{address}{path}"), content, ended.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(ended.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? JsonSerializer.Deserialize(body, type) is { } answer ? (answer, null) : (null, Malformed("nothing"))
                : (null, Refused(response, body));
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return (null, Malformed($"more than {ReleaseHttp.MostAnswerBytes} bytes"));
        }
        catch (HttpRequestException e)
        {
            return (null, new BrokerRefusal(address, "broker.unreachable", $"it can't be reached ({e.InnerException?.Message ?? e.Message})", mayPass: true));
        }
        catch (JsonException)
        {
            return (null, Malformed("something that is none of its messages"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, new BrokerRefusal(address, "broker.timeout", $"it did not answer within {TimeLimit.TotalSeconds:F0} s", mayPass: true));
        }
    }

    private BrokerRefusal Refused(HttpResponseMessage response, byte[] body)
    {
        bool mayPass = response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests;
        if (response.Content.Headers.ContentType?.MediaType == ReleaseHttp.ProblemMediaType)
        {
            try
            {
                if (JsonSerializer.Deserialize(body, ReleaseJson.Default.ReleaseProblem) is { Code: { } code } problem)
                {
                    return new BrokerRefusal(address, code, problem.Detail ?? problem.Title ?? "it says no more", mayPass);
                }
            }
            catch (JsonException)
            {
                // Then its status alone says what there is to say.
            }
        }

        return new BrokerRefusal(address, "broker.status", $"it answered with status {(int)response.StatusCode}", mayPass);
    }

    private BrokerRefusal Malformed(string what) => new(address, "broker.malformed", $"it answered with {what}");
}
