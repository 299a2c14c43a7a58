using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Cli.Registry;

/// <summary>The wallet that carries owners' papers to the registry. What it sends twice is refused the second time, so nothing is stored.</summary>
/// <param name="chain">The chain.</param>
/// <param name="key">The wallet's key; belongs to the caller.</param>
internal sealed class RegistryWallet(TonChain chain, SigningKey key)
{
    /// <summary>How long the message may wait to run, by the chain's clock, in seconds.</summary>
    private const uint Life = 90;

    private const int MostLater = 100;

    private static readonly Nano Reserve = new(20_000_000);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly WalletV5R1 _wallet = new(key.PublicKey, chain.Network);

    /// <summary>The wallet's address, as apps show it.</summary>
    private string Shown => _wallet.Address.ToFriendlyString(bounceable: false, testOnly: chain.Network != TonNetwork.Mainnet);

    /// <summary>Sends a message and waits until it has run.</summary>
    /// <param name="message">The message; its body has a number that no other has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The transaction that it made at its destination.</returns>
    /// <exception cref="CommandFailedException">It was not sent, is not there in time, or the contract refused it.</exception>
    public async Task<Transaction> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        TonAddress destination = message.Destination;
        var known = (await chain.GetAccountAsync(destination, Nano.Zero, cancellationToken)).LastTransaction;
        var account = await chain.GetAccountAsync(_wallet.Address, Nano.Zero, cancellationToken);
        if (account.Balance < message.Value + Reserve)
        {
            throw new CommandFailedException(
                $"The wallet {Shown} has {account.Balance.ToCoinString()} coins, and this takes {(message.Value + Reserve).ToCoinString()}.", "Send coins to it, then run this again.");
        }

        var seqno = account.Data is { } data ? WalletV5R1.ReadSeqno(data) : 0;
        var until = account.Time + Life;
        await chain.SendAsync(_wallet.Wrap(_wallet.SignTransfer(key, seqno, until, [new WalletTransfer(message)]), seqno).ToCell(), cancellationToken);
        while (true)
        {
            var now = await chain.GetAccountAsync(destination, Nano.Zero, cancellationToken);
            if (now.LastTransaction is { } newest && newest != known)
            {
                var later = await chain.GetHistoryAsync(destination, newest, known, MostLater, cancellationToken);
                if (later.FirstOrDefault(transaction => IsOf(transaction, message.Body)) is { } found)
                {
                    return found.Succeeded ? found : throw Refused(found);
                }
            }

            if (now.Time > until + Life)
            {
                throw new CommandFailedException(
                    $"The message to {destination} has not run in {2 * Life} s.", "See ./cocoon registry show, then run this again: a paper works once, however often it is sent.");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    private bool IsOf(Transaction transaction, Cell body) => transaction.InMessage is { } message && message.Source == _wallet.Address && message.Body.Hash == body.Hash;

    private static CommandFailedException Refused(Transaction transaction) => new(
        $"The registry refused it with exit code {transaction.Compute?.ExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}: {ReasonOf(transaction)}.",
        "Look at ./cocoon registry show: number, owners and what waits may have changed since the paper was made.");

    private static string ReasonOf(Transaction transaction) => (ContractExit?)transaction.Compute?.ExitCode switch
    {
        ContractExit.NothingNew => "the number is not the next one",
        ContractExit.ValueTooLow => "too few coins came with it",
        ContractExit.Signature => "too few owners signed, or a signature is wrong",
        ContractExit.LockedOrExpired => "its time lock has not passed, or its time is over",
        ContractExit.BadProposal => "it could never be applied",
        ContractExit.OtherContractOrNetwork => "it is for another registry or network",
        ContractExit.UnknownEntry => "there is no such entry or waiting proposal",
        _ => "the message could not be run",
    };
}
