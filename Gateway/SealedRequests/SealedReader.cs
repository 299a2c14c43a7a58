using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.SealedRequests;

/// <summary>Understands the clear header of sealed requests. What is in them it can't read: the worker judges that.</summary>
public sealed class SealedReader : JobReader<SealedJob>
{
    private const int SealingBytes = TunnelProtocol.MaxPayloadBytes - SealedRequest.MaxBodyBytes;

    private readonly ModelCatalog _catalog;
    private readonly WorkerConnections _workers;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Reads for these models and workers.</summary>
    public SealedReader(ModelCatalog catalog, ChatModels chatModels, WorkerConnections workers, IOptions<GatewayOptions> options, TimeProvider time)
        : base(catalog, chatModels)
    {
        ArgumentNullException.ThrowIfNull(options);
        _catalog = catalog;
        _workers = workers;
        _options = options.Value;
        _time = time;
    }

    /// <inheritdoc/>
    public override string MediaType => SealedHttp.MediaType;

    /// <inheritdoc/>
    public override int OverheadBytes => SealingBytes;

    /// <inheritdoc/>
    public override SealedJob? Read(JobIntake intake, out ApiError? error)
    {
        ArgumentNullException.ThrowIfNull(intake);
        if (intake.IdempotencyKey is not null)
        {
            error = Invalid(JobAdmission.IdempotencyHeader, "A sealed request has an id of its own: derive that from the key.");
            return null;
        }

        if (!RequestFrame.TryRead(intake.Body, out RequestFrame? frame))
        {
            error = new ApiError(ErrorKinds.InvalidValue, "The body is no sealed request of this version of the protocol.");
            return null;
        }

        RequestTerms terms = frame.Header.Terms;
        DateTimeOffset now = _time.GetUtcNow();
        CatalogModel? model = _catalog.Find(terms.Model);
        error = frame.Header.NetworkId != _options.NetworkId ? Invalid("network_id", $"The request is of another network; this is {_options.NetworkId}.")
            : now >= terms.Expires + BoundStatement.ClockSkew ? Invalid("expires", "The request has expired. Seal it anew, and set the clock.")
            : model is null ? new ApiError(ErrorKinds.ModelNotFound, "The model does not exist. GET /v1/models lists those that do.") { Param = "model" }
            : null;
        // The lowest tier in the header is no demand at all; then the key's own rule counts.
        TrustTier? lowest = error is null
            ? TrustRules.Lowest(intake.Caller, terms.MinimumTier == TrustTier.Simulated ? null : terms.MinimumTier, "minimum_tier", out error)
            : null;
        if (error is not null || !TryFindWorkers(frame.Header, model!, lowest, out Dictionary<string, BoundStatement> workers, out error))
        {
            return null;
        }

        // No prompt has more tokens than bytes, and none that chats more than the context has.
        int prompt = model!.Embeds ? frame.RecordBytes : Math.Min(frame.RecordBytes, model.ContextTokens);
        if (!TryHold(model, prompt, terms.HoldLimitNano, out int completion, out error))
        {
            return null;
        }

        return new SealedJob
        {
            JobId = terms.RequestId,
            Caller = intake.Caller,
            Model = model,
            Payload = intake.Body,
            IsIdempotent = false,
            PromptTokens = prompt,
            HeldCompletionTokens = completion,
            Cap = model.Reserve,
            Created = now,
            Until = now + _options.Dispatch.JobLimit,
            Arrived = intake.Arrived,
            HeaderHash = frame.HeaderHash,
            Workers = workers,
        };
    }

    /// <summary>The workers among those named that have a tunnel here and may take the request.</summary>
    private bool TryFindWorkers(RequestHeader header, CatalogModel model, TrustTier? lowest, out Dictionary<string, BoundStatement> workers, out ApiError? error)
    {
        workers = new Dictionary<string, BoundStatement>(StringComparer.Ordinal);
        bool isTierTooLow = false;
        foreach (WorkerConnection worker in _workers.All.Where(worker => worker.Serves(model.Name) is not null))
        {
            if (header.Recipients.Select(recipient => worker.Seal.Find(recipient.StatementHash)).FirstOrDefault(found => found is not null) is not { } statement)
            {
                continue;
            }

            // What the gateway verified, which may be less than the statement claims.
            if (statement.Tier < lowest)
            {
                isTierTooLow = true;
                continue;
            }

            workers[worker.WorkerId] = statement.Bound;
        }

        error = workers.Count > 0 ? null
            : isTierTooLow ? new ApiError(ErrorKinds.NoAttestedProvider, $"No worker that the request names is of tier {lowest!.Value.ToName()} or higher.")
            : new ApiError(ErrorKinds.UnknownStatement, "None of the workers to which the request is sealed serves the model here now.");
        return error is null;
    }

    /// <summary>How many generated tokens the hold limit pays for, besides the longest prompt that the request can hold.</summary>
    private static bool TryHold(CatalogModel model, int prompt, long limitNano, out int completion, out ApiError? error)
    {
        long left = limitNano - model.Reserve.Hold(prompt, 0).Value;
        Int128 affordable = model.Embeds || left < 0 ? 0
            : model.Reserve.Completion.Value == 0 ? JobDispatch.LargestMaxCompletionTokens
            : (Int128)left * TokenPrices.TokensPerPrice / model.Reserve.Completion.Value;
        completion = (int)Int128.Min(affordable, JobDispatch.LargestMaxCompletionTokens);
        long least = model.Reserve.Hold(prompt, model.Embeds ? 0 : 1).Value;
        bool isEnough = left >= 0 && (model.Embeds || completion > 0);
        error = isEnough ? null : Invalid("hold_limit", $"Its hold limit is {limitNano} nano; a request of this length must allow {least} at least.");
        return isEnough;
    }

    private static ApiError Invalid(string param, string message) => new(ErrorKinds.InvalidValue, message) { Param = param };
}
