namespace CocoonOrleans.Cli.Cluster;

/// <summary>The JSON object of <c>cocoon cluster solvency</c>: the ledger beside the chain, at one masterchain block. Amounts are nano, as decimal strings.</summary>
/// <param name="Seqno">The block.</param>
/// <param name="Time">The chain's clock, Unix time in seconds.</param>
/// <param name="Assets">What the chain says the operator has.</param>
/// <param name="Liabilities">What the ledger says it owes.</param>
/// <param name="Solvent">Whether the one covers the other.</param>
/// <param name="Classes">The ledger's sums.</param>
/// <param name="Addresses">Each address by book and by chain.</param>
public sealed record SolvencyReport(
    long Seqno, long Time, string Assets, string Liabilities, bool Solvent, IReadOnlyList<SolvencyReport.ClassSum> Classes, IReadOnlyList<SolvencyReport.Address> Addresses)
{
    /// <summary>A sum of the ledger.</summary>
    /// <param name="Class">The class of accounts.</param>
    /// <param name="Balance">The sum of their entries.</param>
    public sealed record ClassSum(string Class, string Balance);

    /// <summary>An address.</summary>
    /// <param name="Kind">What lies there.</param>
    /// <param name="AddressText">In raw form.</param>
    /// <param name="Booked">By the book.</param>
    /// <param name="OnChain">By the chain.</param>
    /// <param name="Moving">Whether the chain has something that the book hasn't seen yet.</param>
    /// <param name="Differs">Whether they contradict each other.</param>
    public sealed record Address(
        string Kind, [property: System.Text.Json.Serialization.JsonPropertyName("address")] string AddressText, string Booked, string OnChain, bool Moving, bool Differs);
}
