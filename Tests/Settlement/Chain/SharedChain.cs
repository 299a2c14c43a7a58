using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.Settlement.Chain;

/// <summary>One development chain with three wallets, for tests that each have a channel of their own on it.</summary>
public sealed class SharedChain : IAsyncLifetime
{
    private DevelopmentChain? _chain;
    private ulong _salt;

    internal SigningKey PayerWalletKey { get; } = Sample.KeyOf("payer wallet");

    internal SigningKey PayeeWalletKey { get; } = Sample.KeyOf("payee wallet");

    internal SigningKey StrangerKey { get; } = Sample.KeyOf("stranger");

    internal WalletV5R1 Payer { get; private set; } = null!;

    internal WalletV5R1 Payee { get; private set; } = null!;

    internal WalletV5R1 Stranger { get; private set; } = null!;

    /// <summary>A salt that no channel had.</summary>
    internal ulong NextSalt() => ++_salt;

    /// <summary>The chain; started by the first test, so that one without Node is skipped and says why.</summary>
    internal async Task<DevelopmentChain> OpenAsync()
    {
        if (_chain is null)
        {
            DevelopmentChain chain = await DevelopmentChain.StartAsync();
            Payer = await chain.FundedWalletAsync(PayerWalletKey, 1000);
            Payee = await chain.FundedWalletAsync(PayeeWalletKey, 100);
            Stranger = await chain.FundedWalletAsync(StrangerKey, 100);
            _chain = chain;
        }

        return _chain;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_chain is not null)
        {
            await _chain.DisposeAsync();
        }

        PayerWalletKey.Dispose();
        PayeeWalletKey.Dispose();
        StrangerKey.Dispose();
    }
}
