using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Ton.Vouchers;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Settlement.Contracts;

/// <summary>Runs the contracts' own tests, which are written in JavaScript because the TVM is there.</summary>
public sealed class ContractTests(ITestOutputHelper output)
{
    /// <summary>The rows of docs/settlement.md about the contracts, each with the file that has its test.</summary>
    public static TheoryData<string, string> Attacks => new()
    {
        { "channel-attacks.test.mjs", "Charge_VoucherReplayed_ChangesNothing" },
        { "channel-attacks.test.mjs", "Charge_OtherChannelNetworkOrTag_Refused" },
        { "channel-attacks.test.mjs", "Charge_SignedByPayee_Exit1007" },
        { "channel-attacks.test.mjs", "CloseBoth_OneSignature_Exit1007" },
        { "channel-attacks.test.mjs", "CloseBoth_Outdated_Refused" },
        { "channel-attacks.test.mjs", "Charge_AboveDeposit_CollectedAfterTopUp" },
        { "channel-attacks.test.mjs", "TopUp_WhileClosing_Bounces" },
        { "channel-attacks.test.mjs", "TopUp_Underfunded_Bounces" },
        { "channel-attacks.test.mjs", "Withdraw_WhileOwing_PayeePaidFirst" },
        { "channel-attacks.test.mjs", "AskWithdraw_Twice_Exit1011" },
        { "channel-attacks.test.mjs", "Close_PayeeOffline_WatchtowerCharges" },
        { "channel-attacks.test.mjs", "Redeploy_AfterClose_Bounces" },
        { "channel-attacks.test.mjs", "Charge_ForgedManyTimes_BalanceUnchanged" },
        { "channel-attacks.test.mjs", "Charge_Dust_StateUnchanged" },
        { "channel-attacks.test.mjs", "Charge_AnyGasLimit_AllOrNothing" },
        { "channel-attacks.test.mjs", "Channel_AfterTenYears_StillPays" },
        { "registry.test.mjs", "Registry_OneKey_ChangesNothing" },
        { "registry.test.mjs", "Registry_Veto_StopsProposal" },
        { "registry.test.mjs", "Registry_Replay_Refused" },
    };

    [SkippableTheory]
    [MemberData(nameof(Attacks))]
    public async Task Contract_Attacked_HoldsOut(string file, string attack)
    {
        ContractFolder.Report report = await ContractFolder.RunAsync(file);

        Assert.True(report.Passed.GetValueOrDefault(attack), $"{attack} did not pass: {report.Output}");
    }

    [SkippableTheory]
    [InlineData("channel.test.mjs", 32)]
    [InlineData("channel-attacks.test.mjs", 17)]
    [InlineData("registry.test.mjs", 22)]
    public async Task ContractFile_EveryTest_Passes(string file, int atLeast)
    {
        ContractFolder.Report report = await ContractFolder.RunAsync(file);
        output.WriteLine(report.Output);

        Assert.True(report.ExitCode == 0 && report.Passed.Values.All(passed => passed), report.Output);
        Assert.True(report.Passed.Count >= atLeast, $"{report.Passed.Count} tests ran, {atLeast} were expected.");
    }

    /// <summary>Random play beside a model. The report names the seed.</summary>
    [SkippableTheory]
    [Trait(LongRun.Trait, LongRun.Category)]
    [InlineData("channel-properties.test.mjs", 500, 10_000)]
    [InlineData("registry-properties.test.mjs", 200, 5_000)]
    public async Task Contract_PlayedAtRandom_DoesWhatItsModelDoes(string file, int steps, int ifLong)
    {
        string played = LongRun.Rounds(steps, ifLong).ToString(CultureInfo.InvariantCulture);
        string seed = LongRun.Seed(RandomNumberGenerator.GetInt32(1 << 30)).ToString(CultureInfo.InvariantCulture);
        output.WriteLine($"{file}: {played} steps from COCOON_SEED={seed}");

        ContractFolder.Report report = await ContractFolder.RunAsync(file, played, seed);

        output.WriteLine(report.Output);
        Assert.True(report.ExitCode == 0 && report.Passed.Count > 0 && report.Passed.Values.All(passed => passed), report.Output);
        Assert.All(report.Passed.Keys, name => Assert.Contains(played, report.Output, StringComparison.Ordinal));
    }

    /// <summary>The sources compile, with the pinned compiler, to the code that our library carries.</summary>
    [SkippableFact]
    public async Task Contracts_CodeHash_IsPinned()
    {
        string printed = await ContractFolder.Npm.RunAsync("build.mjs", ".");

        Assert.Equal($"channel {ContractCode.ChannelHash}\nregistry {ContractCode.RegistryHash}\n", printed);
        Assert.Equal(ContractCode.ChannelHash, ContractCode.Channel.Hash.ToString());
        Assert.Equal(ContractCode.RegistryHash, ContractCode.Registry.Hash.ToString());
    }
}
