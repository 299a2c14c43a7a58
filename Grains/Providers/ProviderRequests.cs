using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Providers;

namespace CocoonOrleans.Grains.Providers;

/// <summary>Reads what providers signed.</summary>
internal static class ProviderRequests
{
    /// <summary>How far a request's time may be from ours: clocks differ, and people are slow.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    /// <summary>Reads a request of a provider.</summary>
    /// <param name="bytes">What came.</param>
    /// <param name="accountId">The provider that it must be of.</param>
    /// <param name="kind">What it must ask for.</param>
    /// <param name="network">The network that it must be for; null for any, where nothing is settled.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">It is refused; the message says why.</exception>
    public static ProviderRequest Read(byte[] bytes, string accountId, ProviderRequestKind kind, int? network, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ProviderRequest request;
        try
        {
            request = ProviderRequest.Parse(bytes);
        }
        catch (TonFormatException malformed)
        {
            throw new ArgumentException(malformed.Message, nameof(bytes));
        }

        if (ProviderId.Of(request.Provider) != accountId)
        {
            throw new ArgumentException("request.provider: another provider signed it.", nameof(bytes));
        }

        if (request.Kind != kind)
        {
            throw new ArgumentException($"request.kind: it asks for {request.Kind}, not {kind}.", nameof(bytes));
        }

        if (network is { } ours && request.Network != ours)
        {
            throw new ArgumentException($"request.network: it is for network {request.Network}, and this is {ours}.", nameof(bytes));
        }

        double behind = now.ToUnixTimeMilliseconds() - (double)request.Time;
        return Math.Abs(behind) <= Tolerance.TotalMilliseconds
            ? request
            : throw new ArgumentException("request.time: more than ten minutes from this clock; set yours, and sign again.", nameof(bytes));
    }

    /// <summary>The value of a request.</summary>
    /// <exception cref="ArgumentException">It is refused; the message says why.</exception>
    public static T ReadValue<T>(this ProviderRequest request, Func<Ton.Cells.Cell, T> read)
    {
        try
        {
            return request.Value is { } value ? read(value) : throw new TonFormatException("request.value", "it is missing");
        }
        catch (TonFormatException malformed)
        {
            throw new ArgumentException(malformed.Message, nameof(request));
        }
    }
}
