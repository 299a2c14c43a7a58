using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>What the bodies of all requests have in common: how they are opened, and the fields that each may have.</summary>
internal static class RequestBody
{
    /// <summary>Most characters of a model's name.</summary>
    public const int LongestModel = 256;

    /// <summary>How requests are written that become others: nothing but what JSON demands is escaped.</summary>
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int Depth = 64;
    private const int LongestEndUser = 512;

    private static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(1);

    /// <summary>Reads a body; null or half-read where an error went into <paramref name="reading"/>.</summary>
    /// <param name="utf8Json">The body.</param>
    /// <param name="reading">What was found.</param>
    /// <param name="read">Reads the fields of the object; those that it leaves are ignored.</param>
    /// <param name="providerOf">What the request asks of who serves it.</param>
    public static T? Read<T>(ReadOnlyMemory<byte> utf8Json, RequestReading reading, Func<RequestObject, T> read, Func<T, ProviderPreferences> providerOf)
        where T : class
    {
        if (!Utf8.IsValid(utf8Json.Span))
        {
            reading.Fail(ChatRequestError.InvalidValue, null, "The body is not valid UTF-8.");
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = Depth });
            return Read(document.RootElement, reading, read, providerOf);
        }
        catch (JsonException e)
        {
            reading.Fail(ChatRequestError.InvalidValue, null, $"The body is not valid JSON, or nested deeper than {Depth}: line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0} of that line.");
            return null;
        }
    }

    /// <summary>Which model is asked.</summary>
    public static string ReadModel(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Missing();
        }

        return field.String(LongestModel) ?? "";
    }

    /// <summary>The client's own user, from the first of these fields that says one.</summary>
    public static string? ReadEndUser(RequestField safetyIdentifier, RequestField user, RequestField metadata)
    {
        var (first, second) = (safetyIdentifier.String(LongestEndUser), user.String(LongestEndUser));
        return first ?? second ?? metadata.Object()?.Take("user_id").String(LongestEndUser);
    }

    /// <summary>What the request asks of who serves it.</summary>
    public static ProviderPreferences ReadProvider(RequestField field)
    {
        if (field.Object() is not { } provider)
        {
            return ProviderPreferences.None;
        }

        var limits = new PriceLimits();
        if (provider.Take("max_price").Object() is { } price)
        {
            limits = new PriceLimits(price.Take("prompt").NanoAmount(), price.Take("completion").NanoAmount(), price.Take("request").NanoAmount());
            price.IgnoreTheRest();
        }

        var preferences = new ProviderPreferences(limits, provider.Take("require_parameters").Bool() ?? false, ReadTrust(provider.Take("trust")), ReadDeadline(provider.Take("deadline_ms")))
        {
            Order = ReadNames(provider.Take("order")),
            Only = ReadNames(provider.Take("only")),
            Ignore = ReadNames(provider.Take("ignore")),
            AllowFallbacks = provider.Take("allow_fallbacks").Bool() ?? true,
            Quantizations = ReadNames(provider.Take("quantizations")),
            Sort = ReadSort(provider.Take("sort")),
        };
        RefuseRestrictions(provider);
        provider.IgnoreTheRest();
        return preferences;
    }

    /// <summary>How long after it came the answer is of no use any more: the shorter of what the provider's preferences and the field <c>timeout</c> say; null where neither does.</summary>
    public static TimeSpan? ReadTimeLimit(ProviderPreferences provider, RequestField timeout)
    {
        TimeSpan? limit = timeout.Number(0, LongestDeadline.TotalSeconds, smallestAllowed: false) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        return provider.Deadline < limit ? provider.Deadline : limit ?? provider.Deadline;
    }

    private static T? Read<T>(JsonElement root, RequestReading reading, Func<RequestObject, T> read, Func<T, ProviderPreferences> providerOf)
        where T : class
    {
        var field = new RequestField(root, "", reading);
        if (field.IsAbsent)
        {
            field.Invalid("must be an object");
        }

        if (field.Object() is not { } body)
        {
            return null;
        }

        var request = read(body);
        body.IgnoreTheRest();
        if (providerOf(request).RequireParameters && reading.Ignored.Count > 0)
        {
            reading.Fail(ChatRequestError.UnsupportedParameter, reading.Ignored[0], $"'{reading.Ignored[0]}' is not supported, and provider.require_parameters forbids to ignore it.");
        }

        return request;
    }

    private static TimeSpan? ReadDeadline(RequestField field)
        => field.Integer(1, (long)LongestDeadline.TotalMilliseconds) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private static IReadOnlyList<string> ReadNames(RequestField field) => field.IsAbsent ? []
        : [.. field.Items(0, ProviderPreferences.MostNames).Select(static item => item.IsAbsent ? InvalidName(item) : item.String(ProviderPreferences.LongestName)).OfType<string>()];

    private static string? InvalidName(RequestField item)
    {
        item.Invalid("must be a string");
        return null;
    }

    private static string? ReadSort(RequestField field)
    {
        var sort = field.String(ProviderPreferences.LongestName);
        if (sort is not (null or "price" or "latency" or "throughput"))
        {
            field.Invalid("must be price, latency or throughput");
        }

        return sort;
    }

    private static string? ReadTrust(RequestField field)
    {
        var trust = field.String(LongestModel);
        if (trust is not (null or "confidential" or "tdx" or "open" or "simulated"))
        {
            field.Invalid("must be confidential, tdx, open or simulated");
        }

        return trust;
    }

    /// <summary>Who asks that a prompt must not go to some place has to be refused as long as nobody keeps to it.</summary>
    private static void RefuseRestrictions(RequestObject provider)
    {
        foreach (var name in new[] { "region", "quote_id", "zdr" })
        {
            var field = provider.Take(name);
            if (!field.IsEmpty)
            {
                field.Unsupported("is not supported yet, and the request must not be served without it");
            }
        }

        var collection = provider.Take("data_collection");
        if (!collection.IsAbsent && collection.StringOrNull() != "allow")
        {
            collection.Unsupported("other than allow is not supported yet");
        }
    }
}
