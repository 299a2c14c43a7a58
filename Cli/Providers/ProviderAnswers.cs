using System.Text.Json;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;

namespace CocoonOrleans.Cli.Providers;

/// <summary>How a gateway answers providers: snake case, amounts as decimal strings of nano.</summary>
internal static class ProviderAnswers
{
    // Money has a converter of its own, which generated serializers can't see.
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads an answer.</summary>
    /// <exception cref="CommandFailedException">It is something else.</exception>
    public static T Read<T>(JsonDocument? answer)
    {
        try
        {
            return (answer is null ? default : answer.Deserialize<T>(Json)) ?? throw new JsonException("It is empty.");
        }
        catch (JsonException exception)
        {
            throw new CommandFailedException($"The gateway's answer can't be read: {exception.Message}", "Is it a gateway of this version?", innerException: exception);
        }
    }
}

/// <summary>Where a provider is paid.</summary>
internal sealed record PayoutAnswer(string ProviderId, PayoutOrderAnswer? Payout, PayoutOrderAnswer? Next, string? Channel);

/// <summary>An order to be paid.</summary>
internal sealed record PayoutOrderAnswer(string Address, Nano Threshold, DateTimeOffset HoldsFrom, bool ByTransfer);

/// <summary>What a provider has earned and what became of it.</summary>
internal sealed record StatementAnswer(
    string ProviderId, DateTimeOffset At, Nano Earned, Nano Charged, Nano Promised, Nano Due, IReadOnlyList<DayAnswer> Days, ChannelAnswer? Channel,
    PayoutOrderAnswer? Payout, PayoutOrderAnswer? Next);

/// <summary>A provider's day.</summary>
internal sealed record DayAnswer(string Day, long Jobs, Nano Earned, Nano Promised, Nano Charged);

/// <summary>A provider's channel.</summary>
internal sealed record ChannelAnswer(string Address, string Phase, Nano Deposited, Nano Claimed, long Serial, Nano Cumulative, byte[] Voucher);

/// <summary>An offer to close a channel together.</summary>
internal sealed record CloseOfferAnswer(string Channel, Nano Cumulative, byte[] Close, byte[] Payer);
