using System.Globalization;
using CocoonOrleans.Tests.Settlement.Cells;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Settlement.Messages;

/// <summary>Whole transactions of the TVM, and what TON's JavaScript library reads in them.</summary>
public sealed class TransactionReaderTests(ITestOutputHelper output)
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, GoldenVectors.All.Transactions.Length)];

    [Fact]
    public void Vectors_Transactions_CoverWhatAWatcherMustTellApart()
    {
        var all = GoldenVectors.All.Transactions;

        Assert.Contains(all, t => t.ExitCode == 0 && t.ActionResult == 0 && !t.Aborted);
        Assert.Contains(all, t => t.ExitCode == 1000 && t.HasBouncePhase);
        Assert.Contains(all, t => t.ExitCode is null && t.Aborted && !t.HasBouncePhase);
        Assert.Contains(all, t => t.ExitCode is null && t.Aborted && t.HasBouncePhase);
        Assert.Contains(all, t => t.SkippedActions == 1);
        Assert.Contains(all, t => t.InMessage.Kind == "external-in" && t.InMessage.HasInit);
        Assert.Contains(all, t => t.InMessage.Bounced);
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Read_OfARealTransaction_IsWhatTheirLibraryReads(int number)
    {
        var expected = GoldenVectors.All.Transactions[number];
        Transaction read = TransactionReader.Read(Boc.Parse(Convert.FromHexString(expected.Boc)));

        Assert.Equal(expected.Hash, read.Hash.ToString());
        Assert.Equal(expected.Account, read.Account.ToString());
        Assert.Equal(expected.Lt, Text(read.Lt));
        Assert.Equal(expected.PreviousLt, Text(read.PreviousLt));
        Assert.Equal(expected.PreviousHash, read.PreviousHash.ToString());
        Assert.Equal(expected.Time, read.Time);
        Assert.Equal(expected.StatusBefore, Text(read.StatusBefore));
        Assert.Equal(expected.StatusAfter, Text(read.StatusAfter));
        Assert.Equal(expected.TotalFees, read.TotalFees.ToString());
        Assert.Equal(expected.StorageFees, read.StorageFees.ToString());
        Assert.True(read.IsOrdinary);
        Assert.Equal(expected.ExitCode, read.Compute!.ExitCode);
        Assert.Equal(expected.GasUsed, Text(read.Compute.GasUsed));
        Assert.Equal(expected.GasFees, read.Compute.GasFees.ToString());
        Assert.Equal(expected.ActionResult, read.Action?.ResultCode);
        Assert.Equal(expected.SkippedActions, read.Action?.SkippedActions);
        Assert.Equal(expected.MessagesCreated, read.Action?.MessagesCreated);
        Assert.Equal(expected.Aborted, read.Aborted);
        Assert.Equal(expected.HasBouncePhase, read.HasBouncePhase);
        Assert.Equal(expected.Destroyed, read.Destroyed);
        Assert.Equal(expected.ExitCode == 0 && expected.ActionResult == 0 && !expected.Aborted, read.Succeeded);
        RequireSame(expected.InMessage, read.InMessage!);
        Assert.Equal(expected.OutMessages.Length, read.OutMessages.Count);
        Assert.All(expected.OutMessages.Zip(read.OutMessages), pair => RequireSame(pair.First, pair.Second));
    }

    [Fact]
    public void Read_AnythingElse_IsRefused()
    {
        Assert.Equal("transaction.tag", Assert.Throws<TonFormatException>(() => TransactionReader.Read(SampleCells.Make("u32"))).Field);
        Assert.Equal("transaction", Assert.Throws<TonFormatException>(() => TransactionReader.Read(SampleCells.Make("library"))).Field);
    }

    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public void TransactionReader_Fuzz_NeverCrashes()
    {
        byte[][] samples = [.. GoldenVectors.All.Transactions.Select(t => Boc.Write(Boc.Parse(Convert.FromHexString(t.Boc)), BocForm.Plain))];
        (int read, int refused) = new Fuzz(output).Run(samples, bytes => TransactionReader.Read(Boc.Parse(bytes)));

        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    private static void RequireSame(GoldenVectors.MessageVector expected, Message read)
    {
        Assert.Equal(expected.Kind, read.Kind switch { MessageKind.Internal => "internal", MessageKind.ExternalIn => "external-in", _ => "external-out" });
        Assert.Equal(expected.Source, read.Source?.ToString());
        Assert.Equal(expected.Destination, read.Destination?.ToString());
        Assert.Equal(expected.Value, read.Value.ToString());
        Assert.Equal(expected.Bounce, read.Bounce);
        Assert.Equal(expected.Bounced, read.Bounced);
        Assert.Equal(expected.ForwardFee, read.ForwardFee.ToString());
        Assert.Equal(expected.CreatedLt, Text(read.CreatedLt));
        Assert.Equal(expected.HasInit, read.Init is not null);
        Assert.Equal(expected.Body, read.Body.Hash.ToString());
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(AccountStatus status) => status switch
    {
        AccountStatus.Nonexistent => "non-existing",
        AccountStatus.Uninitialized => "uninitialized",
        AccountStatus.Active => "active",
        _ => "frozen",
    };
}
