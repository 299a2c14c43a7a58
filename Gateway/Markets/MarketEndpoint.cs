using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Markets;

/// <summary><c>GET /v1/market/{model}</c>: the open book of one model, for everybody. Written once a second at most, whoever asks.</summary>
public sealed class MarketEndpoint(ModelCatalog catalog, MarketBooks books, TimeProvider time)
{
    /// <summary>The most offers that are shown: the cheapest. The counts are of all.</summary>
    public const int MostShown = 200;

    private static readonly TimeSpan StandsFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (long Since, byte[] Body)> _written = new(StringComparer.Ordinal);

    /// <summary>One model's book.</summary>
    /// <param name="model">Its name as the path has it; a slash in it may be percent-encoded.</param>
    public IResult Find(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (catalog.Find(model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            return new ApiError(ErrorKinds.ModelNotFound, "The model does not exist. GET /v1/models lists those that do.") { Param = "model" };
        }

        if (!_written.TryGetValue(found.Name, out (long Since, byte[] Body) written) || time.GetElapsedTime(written.Since) >= StandsFor)
        {
            written = (time.GetTimestamp(), AnswerJson.Write(json => Write(json, found, books.Of(found.Name))));
            _written[found.Name] = written;
        }

        return Results.Bytes(written.Body, "application/json");
    }

    private void Write(Utf8JsonWriter json, CatalogModel model, MarketBook book)
    {
        ClearingRow[] rows = [.. book.Rows().OrderBy(static row => row.Ask.Completion).ThenBy(static row => row.Ask.Prompt).ThenBy(static row => row.Offer.WorkerId, StringComparer.Ordinal)];
        json.WriteStartObject();
        json.WriteString("object", "market");
        json.WriteString("model", model.Name);
        json.WriteNumber("time", time.GetUtcNow().ToUnixTimeSeconds());
        json.WritePropertyName("reserve");
        WritePrices(json, model.Reserve);
        json.WriteStartObject("queue");
        json.WriteNumber("waiting", book.Room.Count);
        json.WriteNumber("wait_seconds", book.Room.Count == 0 && rows.Any(static row => row.FreeSlots > 0) ? 0 : Math.Round(book.QueueTime().TotalSeconds, 1));
        json.WriteEndObject();
        json.WriteStartArray("tiers");
        foreach (IGrouping<int, ClearingRow> tier in rows.GroupBy(static row => row.Tier).OrderBy(static tier => tier.Key))
        {
            WriteTier(json, [.. tier]);
        }

        json.WriteEndArray();
        json.WriteStartArray("offers");
        foreach (ClearingRow row in rows.Take(MostShown))
        {
            WriteOffer(json, row);
        }

        json.WriteEndArray();
        (ClearedPriceSummary hour, ClearedPriceSummary day, ClearedPriceSummary week) = book.Cleared();
        json.WriteStartObject("cleared");
        WriteCleared(json, "1h", hour);
        WriteCleared(json, "1d", day);
        WriteCleared(json, "7d", week);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTier(Utf8JsonWriter json, ClearingRow[] rows)
    {
        int slots = rows.Sum(static row => row.Offer.Slots), free = rows.Sum(static row => row.FreeSlots);
        json.WriteStartObject();
        json.WriteString("tier", ((TrustTier)rows[0].Tier).ToName());
        json.WriteNumber("offers", rows.Length);
        json.WriteNumber("providers", rows.Select(static row => row.Offer.ProviderId).Distinct(StringComparer.Ordinal).Count());
        json.WriteNumber("slots", slots);
        json.WriteNumber("free_slots", free);
        json.WriteNumber("load", slots == 0 ? 0 : Math.Round((slots - free) / (double)slots, 3));
        json.WritePropertyName("lowest");
        WritePrices(json, rows[0].Ask);
        json.WritePropertyName("median");
        WritePrices(json, rows[rows.Length / 2].Ask);
        json.WriteEndObject();
    }

    private void WriteOffer(Utf8JsonWriter json, ClearingRow row)
    {
        Offer offer = row.Offer;
        json.WriteStartObject();
        json.WriteString("worker", offer.WorkerId);
        json.WriteString("provider", offer.ProviderId);
        json.WriteString("tier", ((TrustTier)row.Tier).ToName());
        json.WriteString("quantization", row.Quantisation);
        json.WriteNumber("context_length", offer.ContextTokens);
        json.WriteNumber("slots", offer.Slots);
        json.WriteNumber("free_slots", row.FreeSlots);
        json.WriteNumber("load", offer.LoadPerMille(row.FreeSlots) / 1000.0);
        json.WritePropertyName("prices");
        WritePrices(json, row.Ask);
        OfferTerms? terms = offer.Posted?.Terms;
        DateTimeOffset now = time.GetUtcNow();
        json.WriteStartObject("lanes");
        foreach ((string lane, int factor) in new[] { ("flex", terms?.FlexPerMille ?? OfferTerms.Unchanged), ("priority", terms?.PriorityPerMille ?? OfferTerms.Unchanged) })
        {
            json.WritePropertyName(lane);
            WritePrices(json, terms?.AskAt(offer.LoadPerMille(row.FreeSlots), now, factor) ?? row.Ask);
        }

        json.WriteEndObject();
        json.WriteNumber("score_penalty", Math.Round(row.Record / (double)MarketClearing.PenaltyUnit, 3));
        if (offer.Posted is { } posted)
        {
            WritePosted(json, posted);
        }
        else
        {
            json.WriteNull("signed");
        }

        json.WriteEndObject();
    }

    /// <summary>What the worker signed, in clear and byte for byte: whoever wants can check it.</summary>
    private static void WritePosted(Utf8JsonWriter json, PostedOffer posted)
    {
        OfferTerms terms = posted.Terms;
        json.WriteStartObject("signed");
        json.WriteString("hash", Convert.ToHexStringLower(posted.Hash.Span));
        json.WriteBase64String("offer", posted.Bytes.Span);
        json.WriteBase64String("signature", posted.Signature.Span);
        json.WriteNumber("expires", terms.Expires.ToUnixTimeSeconds());
        json.WriteString("region", terms.Region);
        json.WriteStartArray("features");
        foreach (string feature in OfferFeatureNames.Of(terms.Features))
        {
            json.WriteStringValue(feature);
        }

        json.WriteEndArray();
        json.WriteStartArray("load_curve");
        foreach (LoadPoint point in terms.LoadCurve)
        {
            json.WriteStartArray();
            json.WriteNumberValue(point.LoadPerMille / 1000.0);
            json.WriteNumberValue(point.FactorPerMille / 1000.0);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("windows");
        foreach (PriceWindow window in terms.Windows)
        {
            json.WriteStartObject();
            json.WriteString("from", Clock(window.FromMinute));
            json.WriteString("to", Clock(window.ToMinute));
            json.WriteNumber("days", window.Days);
            json.WriteNumber("factor", window.FactorPerMille / 1000.0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (terms.Coefficient is { } coefficient)
        {
            json.WriteNumber("coefficient", coefficient / 1000.0);
        }

        json.WriteEndObject();
    }

    private static string Clock(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");

    private static void WriteCleared(Utf8JsonWriter json, string period, ClearedPriceSummary summary)
    {
        json.WriteStartObject(period);
        json.WriteNumber("jobs", summary.Jobs);
        if (summary.Jobs > 0)
        {
            json.WriteString("mean_prompt", summary.MeanPrompt.ToString());
            json.WriteString("mean_completion", summary.MeanCompletion.ToString());
            json.WriteString("lowest_completion", summary.LowestCompletion.ToString());
            json.WriteString("highest_completion", summary.HighestCompletion.ToString());
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
