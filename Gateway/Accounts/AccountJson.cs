using System.Text.Json;
using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Market;

namespace CocoonOrleans.Gateway.Accounts;

/// <summary>Accounts and their use, as JSON.</summary>
internal static class AccountJson
{
    public static void Write(Utf8JsonWriter json, AccountView account)
    {
        json.WriteStartObject("account");
        json.WriteString("account_id", account.AccountId);
        json.WriteString("label", account.Label);
        json.WriteString("balance", account.Balance.ToString());
        json.WriteString("held", account.Held.ToString());
        json.WriteString("created_at", account.CreatedAt);
        json.WriteBoolean("closed", account.Closed);
        json.WriteEndObject();
    }

    /// <summary>What was used in the days from <paramref name="since"/> on.</summary>
    public static void WriteUsage(Utf8JsonWriter json, string name, IReadOnlyList<UsageDay> days, DateOnly since)
    {
        UsageDay[] counted = [.. days.Where(day => day.Day >= since)];
        json.WriteStartObject(name);
        json.WriteNumber("requests", counted.Sum(static day => day.Jobs));
        json.WriteNumber("prompt_tokens", counted.Sum(static day => day.PromptTokens));
        json.WriteNumber("completion_tokens", counted.Sum(static day => day.CompletionTokens));
        json.WriteString("cost", counted.Aggregate(Nano.Zero, static (sum, day) => sum + day.Charged).ToString());
        json.WriteEndObject();
    }
}
