using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
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
    private const int MostBytes = 4 << 20;
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

        Digest? nonce = options.RequiresFreshStatements ? new Digest(RandomNumberGenerator.GetBytes(Digest.Length)) : null;
        using var request = call.Request(HttpMethod.Get, nonce is null ? uri : new Uri($"{uri.OriginalString}&nonce={nonce}"));
        var response = await send(request, cancellationToken);
        if (response.StatusCode >= HttpStatusCode.BadRequest)
        {
            return (null, response);
        }

        using (response)
        {
            var workers = await ReadAsync(response, call.Model, nonce, cancellationToken);
            if (_known.Count >= MostModels)
            {
                _known.Clear();
            }

            _known[uri] = new Known(workers, options.Time.GetTimestamp());
            return (workers, null);
        }
    }

    private async Task<AttestedWorkers> ReadAsync(HttpResponseMessage response, string model, Digest? nonce, CancellationToken cancellationToken)
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
            var (statements, vouchers) = await VerifyAsync(root.GetProperty("workers"), nonce, cancellationToken);
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
        JsonElement workers, Digest? nonce, CancellationToken cancellationToken)
    {
        var verified = new List<BoundStatement>();
        var vouchers = new Dictionary<Digest, StatementVoucher>();
        SealingRefusedException? refused = null;
        foreach (var worker in workers.EnumerateArray().Take(RequestHeader.MaxRecipients))
        {
            try
            {
                var (signature, quote) = (Bytes(worker, "signature"), Bytes(worker, "quote"));
                var beside = StatementVoucher.Of(quote, Bytes(worker, "event_log"), Bytes(worker, "gpus"), Bytes(worker, "gpu_references"));
                var statement = await verifier.VerifyAsync(worker.GetProperty("statement").GetBytesFromBase64(), signature, quote is null ? null : beside, cancellationToken);
                CheckFresh(statement, nonce, worker);
                if (vouchers.TryAdd(statement.Hash, statement.Statement.Tier == TrustTier.Open ? StatementVoucher.Of(signature, null) : beside))
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

    /// <summary>Holds a statement to the nonce that was sent with this very request: a statement of before can't have it under its root.</summary>
    private static void CheckFresh(BoundStatement statement, Digest? nonce, JsonElement worker)
    {
        if (nonce is { } sent && (statement.Statement.NonceRoot is not { } root || !NonceProof.TryDecode(Bytes(worker, "nonce_proof"), out var proof) || !proof.Proves(sent, root)))
        {
            throw new SealingRefusedException(SealingRefusalCodes.StatementNonce, "A worker's statement is not shown to be newer than the nonce that was sent.");
        }
    }

    private static byte[]? Bytes(JsonElement worker, string name) => worker.TryGetProperty(name, out var value) ? value.GetBytesFromBase64() : null;

    private static long Nano(JsonElement prices, string name) =>
        long.TryParse(prices.GetProperty(name).GetString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var nano) ? nano : throw new FormatException();

    private static SealingRefusedException Malformed(Exception? inner) =>
        new(SealingRefusalCodes.WorkersMalformed, "The gateway's list of workers does not have the form of this version of the protocol.", inner);

    private sealed record Known(AttestedWorkers Workers, long Since);
}
