using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Solvency;

/// <summary>What the book says of coins and debts, in one read.</summary>
/// <param name="Debts">What is owed, by account: prepaid balances with their holds, what providers are due, what is in suspense and in flight, and what channels paid beyond their use. Zero is left out.</param>
/// <param name="Wallets">The operator's wallets as the book has them.</param>
/// <param name="ProviderChannels">Channels to providers that are not closed.</param>
/// <param name="ClientChannels">Channels from clients that are not closed.</param>
/// <param name="Classes">The sum of balances of each class of account.</param>
public sealed record SolvencyBook(
    IReadOnlyList<(string AccountId, Nano Amount)> Debts,
    IReadOnlyList<BookedWallet> Wallets,
    IReadOnlyList<WorkerChannel> ProviderChannels,
    IReadOnlyList<ClientChannel> ClientChannels,
    IReadOnlyList<(AccountClass Class, Nano Balance)> Classes);

/// <summary>A wallet as the book has it.</summary>
/// <param name="Wallet">Its address in raw form.</param>
/// <param name="Lt">Logical time of its last transaction in the book.</param>
/// <param name="Balance">What lay in it after that, in nano.</param>
public sealed record BookedWallet(string Wallet, long Lt, Nano Balance);

/// <summary>A proof as it is stored.</summary>
/// <param name="Assets">In nano.</param>
/// <param name="Liabilities">In nano.</param>
/// <param name="Statement">The published document.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Leaves">Debts in the order of the tree; empty where they are not kept any more.</param>
public sealed record StoredProof(
    Nano Assets, Nano Liabilities, ReadOnlyMemory<byte> Statement, DateTimeOffset CreatedAt, IReadOnlyList<Market.Solvency.SumLeaf> Leaves);
