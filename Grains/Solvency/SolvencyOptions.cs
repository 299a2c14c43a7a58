using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Solvency;

/// <summary>Settings of the proofs that the operator's coins cover its debts; section <c>Solvency</c>. They are made where clients' deposits are taken (<c>Deposits:Accept</c>).</summary>
public sealed class SolvencyOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Solvency";

    /// <summary>How often a proof is made.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}
