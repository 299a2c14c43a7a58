using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>A silo that would settle on the wrong chain, or without its key, doesn't start, and says why.</summary>
public sealed class SiloStartTests
{
    [SkippableTheory]
    [InlineData("--Chain:Network=-3", "for network -1000; a Wallet key for network -3 is needed")]
    [InlineData("--environment=Production", "the development chain is no public network")]
    [InlineData("--Chain:Endpoints:1:Address=http://one.example/api/v2/", "https address")]
    [InlineData("--Chain:QuorumAboveNano=-1", "Chain:QuorumAboveNano")]
    [InlineData("--OperatorWallet:PassphraseFile=/dev/null", "/dev/null")]
    [InlineData("--OperatorVouchers:DailyCapNano=1", "OperatorVouchers:DailyCapNano")]
    [InlineData("--OperatorVouchers:StoreFile=/dev/null/signed", "/dev/null/signed")]
    [InlineData("--Providers:AddressDelay=8.00:00:00", "Providers:AddressDelay")]
    public async Task Start_WrongNetworkKeyOrSetting_Refuses(string setting, string said)
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 0, setting);

        CommandFailedException refused = await Assert.ThrowsAsync<CommandFailedException>(() => silo.StartSiloAsync());

        ChildProcess process = Assert.Single(silo.Processes);
        Assert.NotEqual(0, await process.Exited);
        Assert.Contains(said, silo.LogOf(process), StringComparison.Ordinal);
        Assert.DoesNotContain("a passphrase of tests", silo.LogOf(process) + refused.Message, StringComparison.Ordinal);
    }
}
