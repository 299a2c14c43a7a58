using System.Globalization;

namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The clear part of a job: all that must be known without opening the payload.</summary>
/// <param name="JobId">The job's id, 1 to 64 characters of a-z, A-Z, 0-9, '-', '_', '.'.</param>
/// <param name="LeaseId">The slot lease under which it runs; the same alphabet.</param>
/// <param name="Model">The model's name as registered.</param>
/// <param name="CompletionId">The id in every chunk of the answer; the same alphabet.</param>
/// <param name="Created">The second that stands as <c>created</c> in every chunk.</param>
/// <param name="MaxCompletionTokens">Most tokens to generate, over all answers that the payload asks for, each having an equal part, up to 16,777,216: where the hold ends. 0 where nothing is generated.</param>
/// <param name="Deadline">When the client's time or the lease ends: nothing is computed after it.</param>
/// <param name="Prices">What the job pays; at least what the worker asked for.</param>
/// <param name="Terms">What the gateways must know to charge the job, sealed by them; base64url, opaque to the worker, which keeps it with the receipt so
/// that any gateway can book it. At most <see cref="LargestTerms"/> characters.</param>
/// <param name="Kind">What the payload asks.</param>
public sealed record JobDispatch(
    string JobId, string LeaseId, string Model, string CompletionId, DateTimeOffset Created, int MaxCompletionTokens, DateTimeOffset Deadline, OfferedPrices Prices,
    string Terms, JobKind Kind = JobKind.Chat)
{
    /// <summary>The hash of the auction's transcript, 64 lower-case hex digits: the worker signs it with its receipt. Null where there was none.</summary>
    public string? Auction { get; init; }

    /// <summary>Most characters of the terms.</summary>
    public const int LargestTerms = 1024;

    /// <summary>Most tokens that a job may ask for.</summary>
    public const int LargestMaxCompletionTokens = 1 << 24;

    /// <summary>The headers that carry it, name and value.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToHeaders()
    {
        yield return new(JobHeaders.JobId, JobId);
        yield return new(JobHeaders.Lease, LeaseId);
        yield return new(JobHeaders.Model, Uri.EscapeDataString(Model));
        yield return new(JobHeaders.CompletionId, CompletionId);
        yield return new(JobHeaders.Created, Text(Created.ToUnixTimeSeconds()));
        yield return new(JobHeaders.MaxCompletionTokens, Text(MaxCompletionTokens));
        yield return new(JobHeaders.Deadline, Text(Deadline.ToUnixTimeMilliseconds()));
        yield return new(JobHeaders.PricePrompt, Text(Prices.PromptNanoPerMillionTokens));
        yield return new(JobHeaders.PriceCached, Text(Prices.CachedNanoPerMillionTokens));
        yield return new(JobHeaders.PriceCompletion, Text(Prices.CompletionNanoPerMillionTokens));
        yield return new(JobHeaders.PriceRequest, Text(Prices.RequestNano));
        yield return new(JobHeaders.Terms, Terms);
        if (Auction is not null)
        {
            yield return new(JobHeaders.Auction, Auction);
        }

        if (Kind != JobKind.Chat)
        {
            yield return new(JobHeaders.Kind, EmbeddingsKind);
        }
    }

    /// <summary>Reads the headers.</summary>
    /// <param name="header">Gives the value of a header, or null.</param>
    /// <exception cref="TunnelProtocolException">A header is missing or out of its range; the message names it.</exception>
    public static JobDispatch FromHeaders(Func<string, string?> header)
    {
        ArgumentNullException.ThrowIfNull(header);
        var dispatch = new JobDispatch(
            Id(header, JobHeaders.JobId),
            Id(header, JobHeaders.Lease),
            Uri.UnescapeDataString(Required(header, JobHeaders.Model)),
            Id(header, JobHeaders.CompletionId),
            DateTimeOffset.FromUnixTimeSeconds(Number(header, JobHeaders.Created, 0, MaxUnixSeconds)),
            (int)Number(header, JobHeaders.MaxCompletionTokens, header(JobHeaders.Kind) is null ? 1 : 0, LargestMaxCompletionTokens),
            DateTimeOffset.FromUnixTimeMilliseconds(Number(header, JobHeaders.Deadline, 0, MaxUnixSeconds * 1000)),
            new OfferedPrices(
                Number(header, JobHeaders.PricePrompt, 0, long.MaxValue),
                Number(header, JobHeaders.PriceCached, 0, long.MaxValue),
                Number(header, JobHeaders.PriceCompletion, 0, long.MaxValue),
                Number(header, JobHeaders.PriceRequest, 0, long.MaxValue)),
            Required(header, JobHeaders.Terms),
            ReadKind(header(JobHeaders.Kind)))
        {
            Auction = header(JobHeaders.Auction),
        };
        FieldCheck.Text(dispatch.Model, 1, 128, JobHeaders.Model);
        if (dispatch.Auction is { } auction)
        {
            FieldCheck.Hash(auction, JobHeaders.Auction);
        }

        FieldCheck.That(FieldCheck.IsTerms(dispatch.Terms), JobHeaders.Terms, $"must be base64url of at most {LargestTerms} characters");
        return dispatch;
    }

    private const string EmbeddingsKind = "embeddings";

    private static JobKind ReadKind(string? header) => header switch
    {
        null => JobKind.Chat,
        EmbeddingsKind => JobKind.Embeddings,
        _ => throw new TunnelProtocolException($"{JobHeaders.Kind} must be absent or {EmbeddingsKind}."),
    };

    // The end of the year 9999, where DateTimeOffset ends.
    private const long MaxUnixSeconds = 253_402_300_799;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Required(Func<string, string?> header, string name) =>
        header(name) is { Length: > 0 } value ? value : throw new TunnelProtocolException($"{name} is missing.");

    private static string Id(Func<string, string?> header, string name)
    {
        string value = Required(header, name);
        FieldCheck.Id(value, name);
        return value;
    }

    private static long Number(Func<string, string?> header, string name, long min, long max)
    {
        bool valid = long.TryParse(Required(header, name), NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        FieldCheck.That(valid && value >= min && value <= max, name, $"must be an integer from {min} to {max}");
        return value;
    }
}
