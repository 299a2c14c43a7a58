using System.Security.Cryptography;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Offers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Models;
using CocoonOrleans.WorkerHost.Sealing;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Offers;

/// <summary>
/// The worker's offers to the market: signed anew before they expire, and when the settings changed. Gateways learn from heartbeats that there are others, and fetch
/// them. Thread-safe.
/// </summary>
public sealed partial class StandingOffers(
    ServedModels models, WorkerStatements statements, ReceiptKey receiptKey, TunnelIdentity identity, IOptionsMonitor<WorkerOptions> options, TimeProvider time, ILogger<StandingOffers> logger)
{
    private const int RenewalsPerLife = 3;

    private readonly Lock _lock = new();
    private readonly List<Standing> _replaced = [];
    private Standing? _standing;
    private DateTimeOffset _changed = DateTimeOffset.MinValue;
    private long _serial;
    private string? _wrong;

    /// <summary>The hash of the offers that stand; null where the worker posts none.</summary>
    public string? Sha256 => Now() is { Page.Offers.Count: > 0 } standing ? standing.Sha256 : null;

    /// <summary>The offers that stand.</summary>
    public OfferPage Page => Now().Page;

    /// <summary>The least that a job for a model must pay: by any of its offers that has not expired, whatever came after it.</summary>
    public OfferedPrices LowestAsk(ServedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        lock (_lock)
        {
            OfferedPrices? least = Now().Lowest.GetValueOrDefault(model.Name);
            DateTimeOffset now = time.GetUtcNow();
            _replaced.RemoveAll(standing => standing.Expires <= now);
            foreach (Standing standing in _replaced)
            {
                least = Least(least, standing.Lowest.GetValueOrDefault(model.Name));
            }

            return least ?? model.Prices;
        }
    }

    /// <summary>Tells the provider what became of offers.</summary>
    public void Hear(OfferVerdicts verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        foreach (OfferVerdict verdict in verdicts.Verdicts)
        {
            if (verdict.Code is not null)
            {
                LogRefused(verdict.Model, verdict.Code, verdict.Message);
            }
        }
    }

    private Standing Now()
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            WorkerOptions settings = Settings();
            bool isOther = _standing is null || settings != _standing.Options;
            if (_standing is null || now >= _standing.RenewAt || (isOther && now >= _changed + OfferTerms.BetweenChanges))
            {
                Standing? before = _standing;
                _standing = Sign(before is null || now >= _changed + OfferTerms.BetweenChanges ? settings : before.Options, now);
                if (before is not null && before.Options != _standing.Options)
                {
                    _replaced.Add(before);
                }
            }

            return _standing;
        }
    }

    /// <summary>The settings as they are; as they were where somebody wrote wrong ones since.</summary>
    private WorkerOptions Settings()
    {
        try
        {
            return options.CurrentValue;
        }
        catch (OptionsValidationException e) when (_standing is not null)
        {
            if (_wrong != e.Message)
            {
                _wrong = e.Message;
                LogFault("any model", e.Message);
            }

            return _standing.Options;
        }
    }

    private static OfferedPrices? Least(OfferedPrices? left, OfferedPrices? right) => left is null || right is null ? left ?? right : new OfferedPrices(
        Math.Min(left.PromptNanoPerMillionTokens, right.PromptNanoPerMillionTokens),
        Math.Min(left.CachedNanoPerMillionTokens, right.CachedNanoPerMillionTokens),
        Math.Min(left.CompletionNanoPerMillionTokens, right.CompletionNanoPerMillionTokens),
        Math.Min(left.RequestNano, right.RequestNano));

    private Standing Sign(WorkerOptions settings, DateTimeOffset now)
    {
        _changed = _standing?.Options == settings ? _changed : now;
        var offers = new List<SignedOffer>();
        var lowest = new Dictionary<string, OfferedPrices>(StringComparer.Ordinal);
        TimeSpan life = OfferTerms.LongestLife;
        foreach (ModelOptions model in settings.Models)
        {
            if (model.Offer is not { } offer || models.Find(model.Name) is not { } served)
            {
                continue;
            }

            life = TimeSpan.FromSeconds(Math.Min(life.TotalSeconds, offer.TtlSeconds));
            OfferTerms terms = Terms(model, offer, served, settings.NetworkId, now);
            if (terms.FindFault() is { } fault)
            {
                LogFault(model.Name, fault);
                continue;
            }

            byte[] bytes = OfferEncoding.Encode(terms);
            offers.Add(new SignedOffer(bytes, OfferSignature.Sign(bytes, receiptKey)));
            TokenPrices least = terms.LowestAsk();
            lowest[model.Name] = new OfferedPrices(least.Prompt.Value, least.Cached.Value, least.Completion.Value, least.Request.Value);
        }

        byte[] all = [.. offers.SelectMany(static offer => offer.Offer)];
        return new Standing(settings, new OfferPage(offers), Convert.ToHexStringLower(SHA256.HashData(all)), lowest, now + (life / RenewalsPerLife), now + OfferTerms.LongestLife);
    }

    private OfferTerms Terms(ModelOptions model, OfferOptions offer, ServedModel served, string network, DateTimeOffset now)
    {
        var issued = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        _serial = Math.Max(_serial + 1, now.ToUnixTimeMilliseconds());
        long? coefficient = offer.Coefficient is { } times ? (long)Math.Round(times * CocoonFormula.UnitCoefficient) : null;
        PriceOptions prices = model.Prices;
        return new OfferTerms
        {
            NetworkId = network,
            WorkerId = identity.Id,
            Serial = _serial,
            Issued = issued,
            Expires = issued.AddSeconds(offer.TtlSeconds),
            Model = model.Name,
            ManifestSha256 = served.Loaded.ManifestSha256,
            Quantisation = statements.Quantisation,
            Tier = (int)statements.Tier,
            Prices = coefficient is { } thousandths ? CocoonFormula.PricesOf(thousandths) : new TokenPrices(new(prices.Prompt), new(prices.Cached), new(prices.Completion), new(prices.Request)),
            LoadCurve = [.. offer.LoadCurve.Select(static point => point.ToPoint())],
            Windows = [.. offer.Windows.Select(static window => window.ToWindow())],
            FlexPerMille = OfferOptions.PerMille(offer.Flex),
            PriorityPerMille = OfferOptions.PerMille(offer.Priority),
            Slots = Math.Min(offer.Slots ?? served.Slots, served.Slots),
            ContextTokens = Math.Min(offer.ContextTokens ?? served.Loaded.ContextTokens, served.Loaded.ContextTokens),
            Features = offer.Features is null ? OfferFeatures.All : offer.Features.Aggregate(OfferFeatures.None, static (all, name) => all | (OfferFeatureNames.Find(name) ?? OfferFeatures.None)),
            Region = offer.Region,
            Coefficient = coefficient,
        };
    }

    [LoggerMessage(LogLevel.Warning, "The market does not take the offer for {Model}: {Code}: {Reason}")]
    private partial void LogRefused(string model, string code, string? reason);

    [LoggerMessage(LogLevel.Error, "There is no offer for {Model}: {Fault}")]
    private partial void LogFault(string model, string fault);

    private sealed record Standing(WorkerOptions Options, OfferPage Page, string Sha256, Dictionary<string, OfferedPrices> Lowest, DateTimeOffset RenewAt, DateTimeOffset Expires);
}
