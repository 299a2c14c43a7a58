namespace CocoonOrleans.Grains.Accounts;

/// <summary>A new client account.</summary>
/// <param name="Label">What its owner calls it; for people, at most 100 characters.</param>
[GenerateSerializer, Alias("cocoon.AccountCreation")]
public sealed record AccountCreation([property: Id(0)] string Label);
