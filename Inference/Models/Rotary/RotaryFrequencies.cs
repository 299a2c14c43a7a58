namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary>How fast each pair of a head turns with the position, and how long it is afterwards.</summary>
/// <param name="Frequencies">Radians for one position, one for each pair.</param>
/// <param name="Magnitude">What cosines and sines are multiplied with; 1 for most.</param>
public sealed record RotaryFrequencies(double[] Frequencies, double Magnitude);
