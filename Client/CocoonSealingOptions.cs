using CocoonOrleans.Client.Evidence;
using CocoonOrleans.Client.Payments;
using CocoonOrleans.Client.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client;

/// <summary>What a client that seals by itself insists on.</summary>
public sealed record CocoonSealingOptions
{
    /// <summary>What <see cref="MostHoldNano"/> is where nobody says otherwise: one coin.</summary>
    public const long DefaultMostHoldNano = 1_000_000_000;

    /// <summary>The network; statements of another are refused.</summary>
    public string NetworkId { get; init; } = "local";

    /// <summary>
    /// The least tier of a worker. In tier <see cref="TrustTier.Open"/> only the gateway and the network are kept out: the worker's provider can read the text,
    /// and a gateway could pose as a worker.
    /// </summary>
    public TrustTier MinimumTier { get; init; } = TrustTier.Open;

    /// <summary>
    /// Whether each list of workers must have statements that are newer than a nonce of this client: proof of now, in place of a clock's word that ten minutes are not over. The first request after a pause waits for the
    /// workers' next quotes, up to some seconds.
    /// </summary>
    public bool RequiresFreshStatements { get; init; }

    /// <summary>How much of lengths and times is hidden from whoever watches.</summary>
    public TrafficPadding Padding { get; init; } = TrafficPadding.Balanced;

    /// <summary>The most that a request may cost, in nano; null for what its length and token limit come to at the model's highest price.</summary>
    public long? HoldLimitNano { get; init; }

    /// <summary>
    /// The most that one request may put at risk, in nano; at least 1. The gateway names the prices that a hold is made of, so without a ceiling a false one could have all that an account or channel holds promised for
    /// one request. A request above it is refused before it leaves (<see cref="SealingRefusalCodes.RequestHold"/>).
    /// </summary>
    public long MostHoldNano { get; init; } = DefaultMostHoldNano;

    /// <summary>By what quotes are judged; null where none are accepted, and so no tier above <see cref="TrustTier.Open"/>.</summary>
    public QuoteTrust? Quotes { get; init; }

    /// <summary>Keeps the receipts of answers, to be checked at any time later (<see cref="ReceiptVerifier"/>, <c>cocoon verify receipt</c>); null where none are kept.</summary>
    public ReceiptFolder? Receipts { get; init; }

    /// <summary>Pays for requests from a channel of the client's own; null where the account of the API key does. Not disposed of with the handler.</summary>
    public ChannelPayer? Payer { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
