namespace CocoonOrleans.Grains.Solvency;

/// <summary>A proof of solvency as one account sees it.</summary>
/// <param name="Document">The signed statement, JSON in UTF-8; the same for everybody.</param>
/// <param name="Paths">The account's own debts with their paths, a JSON array in UTF-8.</param>
[GenerateSerializer, Alias("cocoon.SolvencyProofView")]
public sealed record SolvencyProofView([property: Id(0)] byte[] Document, [property: Id(1)] byte[] Paths);
