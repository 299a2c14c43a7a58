using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Requests;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>Understands requests of one kind: parses them, finds the model, counts the prompt exactly, and keeps to the model's limits.</summary>
/// <typeparam name="TJob">What such a request becomes.</typeparam>
/// <param name="catalog">The models.</param>
/// <param name="chatModels">Their tokenizers.</param>
public abstract class JobReader<TJob>(ModelCatalog catalog, ChatModels chatModels)
    where TJob : AdmittedJob
{
    /// <summary>The field in which a request says which trust tier it asks for.</summary>
    protected const string TrustField = "provider.trust";

    /// <summary>The content type that such a request must have.</summary>
    public virtual string MediaType => BodyReader.Json;

    /// <summary>How many bytes a request may have beyond the most of a body: what sealing adds.</summary>
    public virtual int OverheadBytes => 0;

    /// <summary>Reads a request.</summary>
    /// <param name="intake">The request.</param>
    /// <param name="error">Why it can't be served; null where it can.</param>
    public abstract TJob? Read(JobIntake intake, out ApiError? error);

    /// <summary>The model that is asked, and its tokenizer.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="embeds">Whether it has to make embeddings; otherwise it has to chat.</param>
    /// <param name="model">The model, where it can be asked.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="error">Why it can't be asked.</param>
    protected bool TryFind(
        string name, bool embeds, [NotNullWhen(true)] out CatalogModel? model, [NotNullWhen(true)] out ChatModel? tokenizer, [NotNullWhen(false)] out ApiError? error)
    {
        tokenizer = null;
        model = catalog.Find(name);
        error = model is null ? new ApiError(ErrorKinds.ModelNotFound, "The model does not exist. GET /v1/models lists those that do.") { Param = "model" }
            : model.Embeds != embeds ? OtherTask(model)
            : null;
        if (error is not null)
        {
            return false;
        }

        tokenizer = chatModels.Find(model!.TokenizerSha256);
        error = tokenizer is null ? new ApiError(ErrorKinds.NoCapacity, "No worker has served this model yet.") : null;
        return tokenizer is not null;
    }

    /// <summary>What is wrong with a request, as the client sees it.</summary>
    protected static ApiError Refused(ChatRequestError fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return new(ErrorKinds.Find(fault.Code) ?? ErrorKinds.InvalidValue, fault.Message) { Param = fault.Param };
    }

    /// <summary>What a request is refused for that has a field which would be ignored, where its client wants none to be.</summary>
    protected static ApiError Unknown(string field) =>
        new(ErrorKinds.UnsupportedParameter, $"'{field}' is not supported, and the header {StrictHeader.Name} forbids to ignore it.") { Param = field };

    /// <summary>The buyer's own limits, for each that it left out the catalogue's reserve. Cached prompt tokens are limited as others where the buyer says anything.</summary>
    protected static TokenPrices Cap(PriceLimits limits, TokenPrices reserve)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return new(
            Limit(limits.PromptNanoPerMillionTokens, reserve.Prompt),
            Limit(limits.PromptNanoPerMillionTokens, reserve.Cached),
            Limit(limits.CompletionNanoPerMillionTokens, reserve.Completion),
            Limit(limits.RequestNano, reserve.Request));
    }

    /// <summary>Whom the buyer wants to be served by.</summary>
    /// <param name="provider">What it said.</param>
    /// <param name="features">What the request needs besides a plain answer.</param>
    protected static OfferFilter Filter(ProviderPreferences provider, OfferFeatures features = OfferFeatures.None)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return ReferenceEquals(provider, ProviderPreferences.None) && features == OfferFeatures.None ? OfferFilter.Everybody : new OfferFilter
        {
            Order = provider.Order,
            Only = provider.Only.ToHashSet(StringComparer.Ordinal),
            Ignore = provider.Ignore.ToHashSet(StringComparer.Ordinal),
            AllowsFallbacks = provider.AllowFallbacks,
            Quantisations = provider.Quantizations.ToHashSet(StringComparer.Ordinal),
            Features = features,
            Sort = provider.Sort switch { "latency" => ScoreOrder.Latency, "throughput" => ScoreOrder.Throughput, _ => ScoreOrder.Price },
        };
    }

    /// <summary>The client's own limit, but no more than the gateway's.</summary>
    protected static TimeSpan Shorter(TimeSpan? wanted, TimeSpan limit) => wanted < limit ? wanted.Value : limit;

    private static ApiError OtherTask(CatalogModel model)
    {
        string message = model.Embeds
            ? $"The model {model.Name} makes embeddings; it doesn't chat. Send it to /v1/embeddings, or choose another model."
            : $"The model {model.Name} chats; it makes no embeddings. Send it to /v1/chat/completions, or choose another model.";
        return new ApiError(ErrorKinds.UnsupportedModel, message) { Param = "model" };
    }

    private static Nano Limit(long? limit, Nano reserve) => limit is { } nano ? new Nano(Math.Min(nano, RegistrationCheck.HighestPrice)) : reserve;
}
