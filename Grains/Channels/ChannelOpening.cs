using System.Security.Cryptography;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Grains.Channels;

/// <summary>Gives each provider in the settings its channel, in the database only: it is funded when the provider has earned something.</summary>
internal sealed partial class ChannelOpening(
    ILedger ledger, IChannelStore store, IServiceProvider services, IOptions<ChannelOptions> options, ILogger<ChannelOpening> logger) : IHostedService
{
    private readonly ILogger _logger = logger;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Providers.Count == 0)
        {
            return;
        }

        if (services.GetService<IVoucherSigner>() is not { } signer || services.GetService<IWalletChain>() is not { Wallets: [string wallet, ..] })
        {
            throw new OptionsValidationException(
                nameof(ChannelOptions), typeof(ChannelOptions), ["Channels:Providers needs Chain:Endpoints, OperatorWallet:KeyFile and OperatorVouchers:KeyFile."]);
        }

        foreach ((string accountId, ProviderPayout payout) in options.Value.Providers)
        {
            ChannelTerms terms = ReadTerms(signer, wallet, accountId, payout);
            await ledger.ExecuteAsync([new CreateAccount(accountId, AccountClass.Provider, "")], cancellationToken);
            WorkerChannel channel = await store.OpenChannelAsync(terms.ToWorkerChannel(accountId), cancellationToken);
            LogChannel(channel.Channel, accountId);
            if (channel.PayeeAddress != terms.PayeeAddress.ToString())
            {
                LogOtherPayee(channel.Channel, accountId);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private ChannelTerms ReadTerms(IVoucherSigner signer, string wallet, string accountId, ProviderPayout payout)
    {
        try
        {
            return new ChannelTerms(
                TonAddress.ParseRaw(wallet),
                signer.Key,
                TonAddress.Parse(payout.Address, signer.Network, $"Channels:Providers:{accountId}:Address"),
                new PublicKey(Bits256.Parse(payout.Key, $"Channels:Providers:{accountId}:Key")),
                checked((uint)options.Value.CloseDelay.TotalSeconds),
                BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        }
        catch (TonFormatException malformed)
        {
            throw new OptionsValidationException(nameof(ChannelOptions), typeof(ChannelOptions), [malformed.Message]);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Channel {Channel} pays {AccountId}")]
    private partial void LogChannel(string channel, string accountId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {Channel} pays {AccountId} at its former address: close it first, with both signatures")]
    private partial void LogOtherPayee(string channel, string accountId);
}
