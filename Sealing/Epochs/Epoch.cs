using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Epochs;

/// <summary>What a statement says of an epoch.</summary>
/// <param name="Number">Its number; grows with each one.</param>
/// <param name="Begins">When its keys were made; whole seconds.</param>
/// <param name="Keys">The public keys, suites rising.</param>
public sealed record Epoch(uint Number, DateTimeOffset Begins, IReadOnlyList<SuiteKey> Keys);
