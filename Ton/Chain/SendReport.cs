namespace CocoonOrleans.Ton.Chain;

/// <summary>What endpoints said to a message that at least one of them took. Whether it will run is not known.</summary>
/// <param name="Taken">How many took it.</param>
/// <param name="Refused">How many refused it: also those that had it from another one already.</param>
/// <param name="Silent">How many gave no answer.</param>
public sealed record SendReport(int Taken, int Refused, int Silent);
