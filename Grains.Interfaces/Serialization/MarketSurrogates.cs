using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Grains.Serialization;

// The market's values know nothing of Orleans; these carry them on the wire. Ids are never renumbered.

[GenerateSerializer, Alias("cocoon.Nano")]
internal struct NanoSurrogate
{
    [Id(0)] public long Value;
}

[RegisterConverter]
internal sealed class NanoConverter : IConverter<Nano, NanoSurrogate>
{
    public Nano ConvertFromSurrogate(in NanoSurrogate surrogate) => new(surrogate.Value);

    public NanoSurrogate ConvertToSurrogate(in Nano value) => new() { Value = value.Value };
}

[GenerateSerializer, Alias("cocoon.TokenPrices")]
internal struct TokenPricesSurrogate
{
    [Id(0)] public long Prompt;
    [Id(1)] public long Cached;
    [Id(2)] public long Completion;
    [Id(3)] public long Request;
}

[RegisterConverter]
internal sealed class TokenPricesConverter : IConverter<TokenPrices, TokenPricesSurrogate>
{
    public TokenPrices ConvertFromSurrogate(in TokenPricesSurrogate surrogate) =>
        new(new(surrogate.Prompt), new(surrogate.Cached), new(surrogate.Completion), new(surrogate.Request));

    public TokenPricesSurrogate ConvertToSurrogate(in TokenPrices value) =>
        new() { Prompt = value.Prompt.Value, Cached = value.Cached.Value, Completion = value.Completion.Value, Request = value.Request.Value };
}

[GenerateSerializer, Alias("cocoon.TokenUsage")]
internal struct TokenUsageSurrogate
{
    [Id(0)] public long Prompt;
    [Id(1)] public long Cached;
    [Id(2)] public long Completion;
    [Id(3)] public long Reasoning;
}

[RegisterConverter]
internal sealed class TokenUsageConverter : IConverter<TokenUsage, TokenUsageSurrogate>
{
    public TokenUsage ConvertFromSurrogate(in TokenUsageSurrogate surrogate) =>
        new(surrogate.Prompt, surrogate.Cached, surrogate.Completion, surrogate.Reasoning);

    public TokenUsageSurrogate ConvertToSurrogate(in TokenUsage value) =>
        new() { Prompt = value.Prompt, Cached = value.Cached, Completion = value.Completion, Reasoning = value.Reasoning };
}

[GenerateSerializer, Alias("cocoon.Offer")]
internal struct OfferSurrogate
{
    [Id(0)] public string WorkerId;
    [Id(1)] public string ProviderId;
    [Id(2)] public string Model;
    [Id(3)] public string ManifestSha256;
    [Id(4)] public int ContextTokens;
    [Id(5)] public TokenPrices Ask;
    [Id(6)] public int Slots;
    [Id(7)] public int FreeSlots;
    [Id(8)] public byte[]? Posted;
    [Id(9)] public byte[]? PostedSignature;
    [Id(10)] public long Settled;
    [Id(11)] public long Failed;
}

[RegisterConverter]
internal sealed class OfferConverter : IConverter<Market.Offers.Offer, OfferSurrogate>
{
    public Market.Offers.Offer ConvertFromSurrogate(in OfferSurrogate surrogate) => new(
        surrogate.WorkerId,
        surrogate.ProviderId,
        surrogate.Model,
        surrogate.ManifestSha256,
        surrogate.ContextTokens,
        surrogate.Ask,
        surrogate.Slots,
        surrogate.FreeSlots,
        Read(surrogate.Posted, surrogate.PostedSignature),
        surrogate.Settled,
        surrogate.Failed);

    public OfferSurrogate ConvertToSurrogate(in Market.Offers.Offer value) => new()
    {
        WorkerId = value.WorkerId,
        ProviderId = value.ProviderId,
        Model = value.Model,
        ManifestSha256 = value.ManifestSha256,
        ContextTokens = value.ContextTokens,
        Ask = value.Ask,
        Slots = value.Slots,
        FreeSlots = value.FreeSlots,
        Posted = value.Posted?.Bytes.ToArray(),
        PostedSignature = value.Posted?.Signature.ToArray(),
        Settled = value.Settled,
        Failed = value.Failed,
    };

    // A silo has read it before it wrote it.
    private static Market.Offers.PostedOffer? Read(byte[]? bytes, byte[]? signature) =>
        bytes is null || signature is null ? null
        : Market.Offers.PostedOffer.TryRead(bytes, signature, out Market.Offers.PostedOffer? posted, out string? fault) ? posted
        : throw new FormatException($"The offer in a market's book is none: {fault}");
}
