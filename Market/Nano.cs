using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CocoonOrleans.Market;

/// <summary>
/// An amount of money in nano units: 1 coin = 10^9 nano. The only type that carries money; all arithmetic is checked.
/// In JSON it is a decimal string, since JavaScript's numbers lose integers above 2^53.
/// </summary>
/// <param name="Value">The amount, in nano. May be negative where it is the leg of a ledger entry.</param>
[JsonConverter(typeof(NanoJsonConverter))]
public readonly record struct Nano(long Value) : IComparable<Nano>
{
    /// <summary>Nano units in one coin.</summary>
    public const long PerCoin = 1_000_000_000;

    /// <summary>No money.</summary>
    public static Nano Zero => default;

    /// <summary>A whole number of coins.</summary>
    /// <exception cref="OverflowException">The amount does not fit in 64 bits.</exception>
    public static Nano FromCoins(long coins) => new(checked(coins * PerCoin));

    /// <summary>The smaller of two amounts.</summary>
    public static Nano Min(Nano left, Nano right) => left.Value <= right.Value ? left : right;

    /// <summary>The larger of two amounts.</summary>
    public static Nano Max(Nano left, Nano right) => left.Value >= right.Value ? left : right;

    /// <inheritdoc/>
    public int CompareTo(Nano other) => Value.CompareTo(other.Value);

    /// <summary>Reads a decimal integer of nano units.</summary>
    /// <returns>False where the text is not an integer that fits in 64 bits.</returns>
    public static bool TryParse(string? text, out Nano amount)
    {
        bool valid = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value);
        amount = new Nano(value);
        return valid;
    }

    /// <summary>The integer number of nano units, as it stands in JSON.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The amount in coins with up to nine decimals, for people: <c>0.0015</c>.</summary>
    public string ToCoinString() => (Value / (decimal)PerCoin).ToString("0.#########", CultureInfo.InvariantCulture);

    /// <exception cref="OverflowException">The sum does not fit in 64 bits.</exception>
    public static Nano operator +(Nano left, Nano right) => new(checked(left.Value + right.Value));

    /// <exception cref="OverflowException">The difference does not fit in 64 bits.</exception>
    public static Nano operator -(Nano left, Nano right) => new(checked(left.Value - right.Value));

    /// <exception cref="OverflowException">The amount is the smallest 64-bit integer.</exception>
    public static Nano operator -(Nano amount) => new(checked(-amount.Value));

    /// <summary>Whether one amount is below the other.</summary>
    public static bool operator <(Nano left, Nano right) => left.Value < right.Value;

    /// <summary>Whether one amount is above the other.</summary>
    public static bool operator >(Nano left, Nano right) => left.Value > right.Value;

    /// <summary>Whether one amount is at most the other.</summary>
    public static bool operator <=(Nano left, Nano right) => left.Value <= right.Value;

    /// <summary>Whether one amount is at least the other.</summary>
    public static bool operator >=(Nano left, Nano right) => left.Value >= right.Value;

    private sealed class NanoJsonConverter : JsonConverter<Nano>
    {
        public override Nano Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out Nano amount)
                ? amount
                : throw new JsonException("An amount is a decimal string of nano units, such as \"1500000\".");

        public override void Write(Utf8JsonWriter writer, Nano value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
