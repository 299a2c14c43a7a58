using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Solvency;

/// <summary>The book beside the chain, at one masterchain block.</summary>
/// <param name="Seqno">The block.</param>
/// <param name="Time">The chain's clock, Unix time in seconds.</param>
/// <param name="Assets">What the chain says the operator has, in nano.</param>
/// <param name="Liabilities">What the book says it owes, in nano.</param>
/// <param name="Classes">The ledger's sums.</param>
/// <param name="Addresses">Each address.</param>
[GenerateSerializer, Alias("cocoon.SolvencyReport")]
public sealed record SolvencyReport(
    [property: Id(0)] long Seqno,
    [property: Id(1)] long Time,
    [property: Id(2)] Nano Assets,
    [property: Id(3)] Nano Liabilities,
    [property: Id(4)] IReadOnlyList<SolvencyClassSum> Classes,
    [property: Id(5)] IReadOnlyList<SolvencyAssetReport> Addresses);

/// <summary>A sum of the ledger.</summary>
/// <param name="Class">The class of accounts.</param>
/// <param name="Balance">The sum of their entries, in nano.</param>
[GenerateSerializer, Alias("cocoon.SolvencyClassSum")]
public sealed record SolvencyClassSum([property: Id(0)] string Class, [property: Id(1)] Nano Balance);

/// <summary>An address by book and by chain.</summary>
/// <param name="Kind"><c>wallet</c>, <c>providerchannel</c> or <c>clientchannel</c>.</param>
/// <param name="Address">In raw form.</param>
/// <param name="Booked">By the book, in nano.</param>
/// <param name="OnChain">By the chain, in nano.</param>
/// <param name="IsMoving">Whether the chain has something that the book hasn't seen yet.</param>
/// <param name="Differs">Whether they contradict each other.</param>
[GenerateSerializer, Alias("cocoon.SolvencyAssetReport")]
public sealed record SolvencyAssetReport(
    [property: Id(0)] string Kind,
    [property: Id(1)] string Address,
    [property: Id(2)] Nano Booked,
    [property: Id(3)] Nano OnChain,
    [property: Id(4)] bool IsMoving,
    [property: Id(5)] bool Differs);
