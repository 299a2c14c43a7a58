using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Gateway.TopUps;

/// <summary>What the chain's coin is called; section <c>Currency</c>. For display only: everything counts in nano.</summary>
public sealed class CurrencyOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Currency";

    /// <summary>The coin's name, with its former one while wallets mix them.</summary>
    [Required, StringLength(32, MinimumLength = 1)]
    public string Name { get; set; } = "Gram (Toncoin)";

    /// <summary>Its symbol.</summary>
    [Required, StringLength(16, MinimumLength = 1)]
    public string Symbol { get; set; } = "GRAM";
}
