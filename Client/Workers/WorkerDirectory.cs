using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CocoonOrleans.Client.Evidence;
using CocoonOrleans.Client.Requests;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Workers;

/// <summary>Asks gateways for workers, verifies them, and remembers them for a moment. Thread-safe.</summary>
internal sealed class WorkerDirectory(StatementVerifier verifier, CocoonSealingOptions options, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send)
{
    private const int MostBytes = 1 << 20;
    private const int MostModels = 64;

    /// <summary>The market's order changes all the time; a statement lives longer.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<Uri, Known> _known = new();

    /// <summary>The workers for a call's model.</summary>
    /// <param name="call">The call.</param>
    /// <param name="isAnew">Whether the gateway must be asked again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The workers, or the gateway's refusal as it came.</returns>
    /// <exception cref="SealingRefusedException">No worker that was offered can be believed.</exception>
    public async Task<(AttestedWorkers? Workers, HttpResponseMessage? Refusal)> FindAsync(ApiCall call, bool isAnew, CancellationToken cancellationToken)
    {
        var uri = call.Url($"attested-workers?model={Uri.EscapeDataString(call.Model)}");
        if (!isAnew && _known.TryGetValue(uri, out var known) && options.Time.GetElapsedTime(known.Since) < Remembered)
        {
            return (known.Workers, null);
        }

        using var request = call.Request(HttpMethod.Get, uri);
        var response = await send(request, cancellationToken);
        if (response.StatusCode >= HttpStatusCode.BadRequest)
        {
            return (null, response);
        }

        using (response)
        {
            var workers = await ReadAsync(response, call.Model, cancellationToken);
            if (_known.Count >= MostModels)
            {
                _known.Clear();
            }

            _known[uri] = new Known(workers, options.Time.GetTimestamp());
            return (workers, null);
        }
    }

    private async Task<AttestedWorkers> ReadAsync(HttpResponseMessage response, string model, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MostBytes, cancellationToken);
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            var root = document.RootElement;
            if (response.StatusCode != HttpStatusCode.OK || root.GetProperty("model").GetString() != model)
            {
                throw Malformed(null);
            }

            var prices = root.GetProperty("hold_prices");
            var (statements, vouchers) = await VerifyAsync(root.GetProperty("workers"), cancellationToken);
            return new AttestedWorkers(
                statements,
                vouchers,
                root.GetProperty("task").GetString() == "embeddings",
                root.GetProperty("context_tokens").GetInt32(),
                root.GetProperty("default_max_completion_tokens").GetInt32(),
                Nano(prices, "prompt"),
                Nano(prices, "completion"),
                Nano(prices, "request"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw Malformed(e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw Malformed(e);
        }
    }

    /// <summary>One that can't be believed is left out, and where none is left its fault is told.</summary>
    private async Task<(IReadOnlyList<BoundStatement> Statements, IReadOnlyDictionary<Digest, StatementVoucher> Vouchers)> VerifyAsync(
        JsonElement workers, CancellationToken cancellationToken)
    {
        var verified = new List<BoundStatement>();
        var vouchers = new Dictionary<Digest, StatementVoucher>();
        SealingRefusedException? refused = null;
        foreach (var worker in workers.EnumerateArray().Take(RequestHeader.MaxRecipients))
        {
            try
            {
                var (signature, quote, eventLog) = (Bytes(worker, "signature"), Bytes(worker, "quote"), Bytes(worker, "event_log"));
                var statement = await verifier.VerifyAsync(worker.GetProperty("statement").GetBytesFromBase64(), signature, quote, eventLog, cancellationToken);
                if (vouchers.TryAdd(statement.Hash, new StatementVoucher(statement.Statement.Tier == TrustTier.Open ? signature : quote, eventLog is null ? default(ReadOnlyMemory<byte>?) : eventLog)))
                {
                    verified.Add(statement);
                }
            }
            catch (SealingRefusedException e)
            {
                refused ??= e;
            }
        }

        return verified.Count > 0 ? (verified, vouchers) : throw refused ?? Malformed(null);
    }

    private static byte[]? Bytes(JsonElement worker, string name) => worker.TryGetProperty(name, out var value) ? value.GetBytesFromBase64() : null;

    private static long Nano(JsonElement prices, string name) =>
        long.TryParse(prices.GetProperty(name).GetString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var nano) ? nano : throw new FormatException();

    private static SealingRefusedException Malformed(Exception? inner) =>
        new(SealingRefusalCodes.WorkersMalformed, "The gateway's list of workers does not have the form of this version of the protocol.", inner);

    private sealed record Known(AttestedWorkers Workers, long Since);
}
