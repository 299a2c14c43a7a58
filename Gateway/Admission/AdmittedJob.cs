using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Replays;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>A request that was admitted: its hold is placed and durable.</summary>
public abstract record AdmittedJob
{
    /// <summary>The job.</summary>
    public required Guid JobId { get; init; }

    /// <summary>Who asked.</summary>
    public required Caller Caller { get; init; }

    /// <summary>The model as the catalogue has it.</summary>
    public required CatalogModel Model { get; init; }

    /// <summary>The client's request, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether the client sent an <c>Idempotency-Key</c>.</summary>
    public required bool IsIdempotent { get; init; }

    /// <summary>The exact prompt count.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>The most tokens that may be generated, over all answers.</summary>
    public abstract int MaxCompletionTokens { get; }

    /// <summary>The most tokens that one context of a worker has to hold.</summary>
    public abstract int LongestContext { get; }

    /// <summary>The most that may be paid per class of token.</summary>
    public required TokenPrices Cap { get; init; }

    /// <summary>The lowest trust tier that may serve it; null for any.</summary>
    public TrustTier? MinimumTier { get; init; }

    /// <summary>Whom the buyer wants to be served by.</summary>
    public OfferFilter Filter { get; init; } = OfferFilter.Everybody;

    /// <summary>The second that stands as <c>created</c> in every chunk.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The clock's timestamp of its arrival.</summary>
    public required long Arrived { get; init; }

    /// <summary>Notes the answer for who repeats the request; null where there is no <c>Idempotency-Key</c>.</summary>
    public AnswerLog? Log { get; init; }

    /// <summary>What is noted of it while it runs.</summary>
    public JobProgress Progress { get; } = new();

    /// <summary>What the payload asks.</summary>
    public abstract JobKind Kind { get; }

    /// <summary>Whether the gateway can read the answer and count its tokens. Where it can't, nothing is charged without the worker's receipt.</summary>
    public virtual bool IsReadable => true;

    /// <summary>What it wants of the market.</summary>
    public virtual LeaseWish Wish => new(JobId, Model.Name, PromptTokens, MaxCompletionTokens, LongestContext, Cap, Until, MinimumTier) { Reserve = Model.Reserve, Filter = Filter };
}
