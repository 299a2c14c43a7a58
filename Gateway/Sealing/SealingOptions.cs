using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Sealing.Records;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>How the gateway seals what it sends to workers. Configuration section <c>Gateway:Sealing</c>.</summary>
public sealed class SealingOptions
{
    /// <summary>
    /// How much of lengths and times is hidden from whoever watches the tunnel: <see cref="TrafficPadding.Balanced"/>, which delays no first token, or <see
    /// cref="TrafficPadding.Off"/>.
    /// </summary>
    [AllowedValues(TrafficPadding.Off, TrafficPadding.Balanced, ErrorMessage = "must be off or balanced.")]
    public TrafficPadding Padding { get; set; } = TrafficPadding.Balanced;
}
