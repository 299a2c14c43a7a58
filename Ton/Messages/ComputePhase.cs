using CocoonOrleans.Market;

namespace CocoonOrleans.Ton.Messages;

/// <summary>What the contract's code did.</summary>
/// <param name="ExitCode">0 for success, 1 for its other form; null where the code did not run (no state, no gas).</param>
/// <param name="GasUsed">In units of gas.</param>
/// <param name="GasFees">In nano.</param>
public sealed record ComputePhase(int? ExitCode, ulong GasUsed, Nano GasFees);
