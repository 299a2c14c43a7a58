using System.Security.Cryptography;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Tests.Attestation.Worlds;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Attestation.QuoteSources;

/// <summary>Quotes from a kernel, which a test plays.</summary>
public sealed class TsmQuoteSourceTests : IDisposable
{
    private const int NoSuchDeviceOrAddress = 6;
    private const int InputOutputError = 5;
    private const int TryAgain = 11;
    private const int DeviceBusy = 16;
    private const int TimedOut = 110;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, (TeeFailureKind Kind, Action<FakeKernel> Change)> Failures = new()
    {
        ["another provider"] = (TeeFailureKind.Unsupported, kernel => kernel.Provider = "sev_guest\n"),
        ["no provider behind the folder"] = (TeeFailureKind.Unsupported, kernel => kernel.OnCreate = () => throw Error(NoSuchDeviceOrAddress)),
        ["not root"] = (TeeFailureKind.Denied, kernel => kernel.OnCreate = () => throw new UnauthorizedAccessException("Permission denied")),
        ["the host gives no quote"] = (TeeFailureKind.Refused, kernel => kernel.OnReport = _ => throw Error(InputOutputError)),
        ["the host takes too long"] = (TeeFailureKind.TimedOut, kernel => kernel.OnReport = _ => throw Error(TimedOut)),
        ["the host is busy all the time"] = (TeeFailureKind.Busy, kernel => kernel.OnReport = _ => throw Error(DeviceBusy)),
        ["others write all the time"] = (TeeFailureKind.Busy, kernel => kernel.IsDisturbed = _ => true),
        ["no quote"] = (TeeFailureKind.Malformed, kernel => kernel.Report = _ => [1, 2, 3]),
        ["nothing"] = (TeeFailureKind.Malformed, kernel => kernel.Report = _ => []),
        ["more than a quote"] = (TeeFailureKind.Malformed, kernel => kernel.Report = _ => new byte[Quote.LargestBytes + 1]),
        ["a quote for other data"] = (TeeFailureKind.Malformed, kernel => kernel.Report = _ => World.Platform().Quote(new byte[64])),
        ["a generation that is no number"] = (TeeFailureKind.Malformed, kernel => kernel.Generation = "-1\n"),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly FakeKernel _kernel = new();
    private readonly byte[] _reportData = RandomNumberGenerator.GetBytes(IQuoteSource.ReportDataBytes);

    public static TheoryData<string> AllFailures => [.. Failures.Keys];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Quote_Asked_IsOfTheReportDataInOneWrite()
    {
        using var source = Source();

        var result = await source.QuoteAsync(_reportData);

        Assert.True(result.IsMade, result.Failure?.ToString());
        Assert.True(Quote.TryParse(result.Quote.Span, out var quote, out _));
        Assert.Equal(_reportData, quote!.Td!.ReportData.ToArray());
        Assert.Equal([64], _kernel.Writes);
        Assert.Null(result.Auxiliary);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Quote_KernelAddsABlob_IsHandedOn()
    {
        _kernel.Auxiliary = [7, 8, 9];
        using var source = Source();

        Assert.Equal([7, 8, 9], (await source.QuoteAsync(_reportData)).Auxiliary!.Value.ToArray());
    }

    [Theory]
    [InlineData("generation")]
    [InlineData("EAGAIN")]
    [InlineData("EBUSY")]
    public async Task Quote_OthersInterfereTwice_IsMadeAtTheThirdAttempt(string how)
    {
        _kernel.IsDisturbed = request => how == "generation" && request < 3;
        _kernel.OnReport = request =>
        {
            if (how != "generation" && request < 3)
            {
                throw Error(how == "EAGAIN" ? TryAgain : DeviceBusy);
            }
        };
        using var source = Source();

        var result = await source.QuoteAsync(_reportData);

        Assert.True(result.IsMade, result.Failure?.ToString());
        Assert.Equal(3, _kernel.Entries);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory, MemberData(nameof(AllFailures))]
    public async Task Quote_KernelFails_SaysWhatAndWhatToDo(string failure)
    {
        var (kind, change) = Failures[failure];
        change(_kernel);
        using var source = Source();

        var result = await source.QuoteAsync(_reportData);

        Assert.False(result.IsMade);
        Assert.Equal(kind, result.Failure.Kind);
        Assert.NotEqual("", result.Failure.Message);
        Assert.NotEqual("", result.Failure.Remedy);
        Assert.True(result.Quote.IsEmpty);
        Assert.Equal(kind == TeeFailureKind.Busy ? 5 : Math.Min(_kernel.Entries, 1), _kernel.Entries);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Quote_NoTdHere_NamesTheFolderAndTheWayOut()
    {
        using var source = new TsmQuoteSource(new TsmQuoteSourceOptions { Folder = _folder.File("absent") }, TimeProvider.System);

        var failure = (await source.QuoteAsync(_reportData)).Failure!;

        Assert.Equal(TeeFailureKind.Unsupported, failure.Kind);
        Assert.Contains(_folder.File("absent"), failure.Message, StringComparison.Ordinal);
        Assert.Contains("quote service", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quote_EntryStays_TheQuoteIsGoodAnyway()
    {
        _kernel.OnRemove = () => throw Error(DeviceBusy);
        using var source = Source();

        Assert.True((await source.QuoteAsync(_reportData)).IsMade);
    }

    [Fact]
    public async Task Quote_ManyAsk_OneAfterTheOther()
    {
        using var source = Source();

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => source.QuoteAsync(_reportData).AsTask()));

        Assert.All(results, result => Assert.True(result.IsMade));
        Assert.Equal((8, 1), (_kernel.Entries, _kernel.MostUnderWay));
    }

    [Fact]
    public async Task Quote_KernelHangs_FailsInTimeAndTheNextWaitsForIt()
    {
        using var hang = new ManualResetEventSlim();
        using var reached = new SemaphoreSlim(0);
        _kernel.OnReport = request =>
        {
            reached.Release();
            if (request == 1)
            {
                hang.Wait(Deadline);
            }
        };
        var time = new FakeTimeProvider();
        using var source = new TsmQuoteSource(new TsmQuoteSourceOptions { Folder = _folder.Path }, time, _kernel, new Random(1));
        var first = source.QuoteAsync(_reportData).AsTask();
        await reached.WaitAsync(Deadline);
        time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(TeeFailureKind.TimedOut, (await first.WaitAsync(Deadline)).Failure?.Kind);

        // The kernel still has the first request: the second one must not come beside it.
        var second = source.QuoteAsync(_reportData).AsTask();
        Assert.Equal(1, _kernel.Entries);
        hang.Set();

        Assert.True((await second.WaitAsync(Deadline)).IsMade);
        Assert.Equal(1, _kernel.MostUnderWay);
    }

    [Fact]
    public async Task Quote_Retried_PausesWithJitterThatDoubles()
    {
        _kernel.IsDisturbed = _ => true;
        var time = new WatchedTime();
        using var source = new TsmQuoteSource(new TsmQuoteSourceOptions { Folder = _folder.Path, Attempts = 3, Pause = TimeSpan.FromSeconds(1) }, time, _kernel, new Random(1));
        var result = source.QuoteAsync(_reportData).AsTask();
        Assert.Equal(TimeSpan.FromSeconds(60), await time.WaitBegunAsync()); // The limit of it all.

        var first = await time.WaitBegunAsync();
        time.Advance(first);
        var second = await time.WaitBegunAsync();
        time.Advance(second);

        Assert.Equal(TeeFailureKind.Busy, (await result.WaitAsync(Deadline)).Failure?.Kind);
        Assert.Equal(3, _kernel.Entries);
        Assert.InRange(first.TotalSeconds, 0.5, 1.5);
        Assert.InRange(second.TotalSeconds, 1, 3);
        Assert.NotEqual(first.TotalSeconds * 2, second.TotalSeconds);
    }

    [Fact]
    public async Task Quote_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var source = Source();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.QuoteAsync(_reportData, cancelled.Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public async Task Quote_ReportDataOfAnotherLength_IsAMistake(int length)
    {
        using var source = Source();

        await Assert.ThrowsAsync<ArgumentException>(async () => await source.QuoteAsync(new byte[length]));
        Assert.Equal(0, _kernel.Entries);
    }

    private static IOException Error(int number) => new($"error {number}", number);

    private TsmQuoteSource Source() =>
        new(new TsmQuoteSourceOptions { Folder = _folder.Path, Pause = TimeSpan.Zero }, TimeProvider.System, _kernel, new Random(1));
}
