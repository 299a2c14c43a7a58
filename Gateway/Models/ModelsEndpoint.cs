using System.Text.Json;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>: OpenAI's fields, and prices, context and offers beside them.</summary>
public sealed class ModelsEndpoint(ModelCatalog catalog, MarketBooks books)
{
    private static readonly string[] SupportedParameters =
    [
        "frequency_penalty", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "min_p", "n", "presence_penalty", "repetition_penalty", "response_format", "seed", "stop",
        "stream", "stream_options", "structured_outputs", "temperature", "timeout", "top_k", "top_logprobs", "top_p",
    ];

    private static readonly string[] EmbeddingParameters = ["dimensions", "encoding_format"];

    /// <summary>All models.</summary>
    public IResult List() => Results.Bytes(
        AnswerJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (CatalogModel model in catalog.Models.Values.OrderBy(static model => model.Name, StringComparer.Ordinal))
            {
                Write(json, model);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }),
        "application/json");

    /// <summary>One model.</summary>
    /// <param name="id">Its name as the path has it; a slash in it may be percent-encoded.</param>
    public IResult Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);

        // Routing decodes everything but an encoded slash.
        return catalog.Find(id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)) is { } model
            ? Results.Bytes(AnswerJson.Write(json => Write(json, model)), "application/json")
            : new ApiError(ErrorKinds.ModelNotFound, "The model does not exist. GET /v1/models lists those that do.") { Param = "model" };
    }

    private void Write(Utf8JsonWriter json, CatalogModel model)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Name);
        json.WriteString("object", "model");
        json.WriteNumber("created", model.Created.ToUnixTimeSeconds());
        json.WriteString("owned_by", "cocoon");
        json.WriteString("task", model.Embeds ? "embeddings" : "chat");
        if (model.Embeds)
        {
            json.WriteNumber("embedding_dimensions", model.EmbeddingDimensions);
        }

        json.WriteNumber("context_length", model.ContextTokens);
        json.WriteString("manifest_sha256", model.ManifestSha256);
        json.WritePropertyName("pricing");
        WritePrices(json, model.Reserve);
        json.WriteStartArray("supported_parameters");
        foreach (string parameter in model.Embeds ? EmbeddingParameters : SupportedParameters)
        {
            json.WriteStringValue(parameter);
        }

        json.WriteEndArray();
        json.WriteStartArray("trust_tiers");
        foreach (TrustTier tier in books.Of(model.Name).Tiers())
        {
            json.WriteStringValue(tier.ToName());
        }

        json.WriteEndArray();
        WriteOffers(json, books.Of(model.Name).Offers());
        json.WriteEndObject();
    }

    // Ordered by what a completion costs, which is most of what is paid.
    private static void WriteOffers(Utf8JsonWriter json, IReadOnlyList<Offer> offers)
    {
        Offer[] ordered = [.. offers.OrderBy(static offer => offer.Ask.Completion).ThenBy(static offer => offer.Ask.Prompt)];
        json.WriteStartObject("offers");
        json.WriteNumber("count", ordered.Length);
        json.WriteNumber("slots", ordered.Sum(static offer => offer.Slots));
        json.WriteNumber("free_slots", ordered.Sum(static offer => offer.FreeSlots));
        if (ordered.Length > 0)
        {
            json.WritePropertyName("lowest");
            WritePrices(json, ordered[0].Ask);
            json.WritePropertyName("median");
            WritePrices(json, ordered[ordered.Length / 2].Ask);
        }

        json.WriteEndObject();
    }

    private static void WritePrices(Utf8JsonWriter json, TokenPrices prices)
    {
        json.WriteStartObject();
        json.WriteString("prompt", prices.Prompt.ToString());
        json.WriteString("cached", prices.Cached.ToString());
        json.WriteString("completion", prices.Completion.ToString());
        json.WriteString("request", prices.Request.ToString());
        json.WriteEndObject();
    }
}
