using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Tests.Cluster.Jobs;

[Collection(TwoSilosCollection.Name)]
public sealed class JobGrainTests(TwoSilos silos) : ClusterTest(silos)
{
    private readonly Guid _job = Guid.NewGuid();

    [Fact]
    public async Task Start_EnoughBalance_HoldsTheMostThatItMayCost()
    {
        Payer payer = await CreatePayerAsync();

        JobStartResult result = await Job(_job).StartAsync(Sample.Start(payer, Now));

        Assert.Equal(new JobStartResult(JobStartStatus.Held, new Nano(1000), Nano.Zero, null), result);
        Assert.Equal((TwoSilos.Grant, 1000), await ReadAsync(payer.AccountId));
    }

    [Fact]
    public async Task Complete_AfterStart_ChargesToTheNanoAndFreesTheRest()
    {
        Payer payer = await CreatePayerAsync();
        string provider = $"prov-{Guid.NewGuid():N}";
        await Job(_job).StartAsync(Sample.Start(payer, Now));

        JobCompletionResult result = await Job(_job).CompleteAsync(Sample.Completion(payer, 100, 210, provider));

        Assert.Equal(new JobCompletionResult(JobCompletionStatus.Captured, new Nano(310), new Nano(295), new Nano(15)), result);
        Assert.Equal((TwoSilos.Grant - 310, 0), await ReadAsync(payer.AccountId));
        Assert.Equal(new Nano(295), (await Ledger.GetAccountAsync(provider, CancellationToken.None))?.Balance);
    }

    [Fact]
    public async Task Complete_Twice_CapturesOnceWithTheFirstResult()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        JobCompletionResult first = await Job(_job).CompleteAsync(Sample.Completion(payer, 100, 200));

        JobCompletionResult second = await Job(_job).CompleteAsync(Sample.Completion(payer, 100, 900));

        Assert.Equal(first, second);
        Assert.Equal((TwoSilos.Grant - 300, 0), await ReadAsync(payer.AccountId));
    }

    [Fact]
    public async Task Complete_AfterAbandon_IsRecordedAndNotPaid()
    {
        Payer payer = await CreatePayerAsync();
        string provider = $"prov-{Guid.NewGuid():N}";
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        await Job(_job).AbandonAsync(new JobAbandonment(payer.AccountId, "no_capacity"));

        JobCompletionResult result = await Job(_job).CompleteAsync(Sample.Completion(payer, 100, 200, provider));

        Assert.Equal(JobCompletionStatus.Late, result.Status);
        Assert.Equal((TwoSilos.Grant, 0), await ReadAsync(payer.AccountId));
        LateCompletion late = Assert.Single(await Ledger.ListLateCompletionsAsync(provider, 10, CancellationToken.None));
        Assert.Equal((_job, new Nano(300)), (late.JobId, late.UnpaidAmount));
    }

    [Fact]
    public async Task Start_Repeated_ReturnsTheFirstHold()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now, maxCompletionTokens: 900));

        JobStartResult result = await Job(_job).StartAsync(Sample.Start(payer, Now, maxCompletionTokens: 5000));

        Assert.Equal((JobStartStatus.Repeated, new Nano(1000), JobState.Open), (result.Status, result.Held, result.Existing?.State));
        Assert.Equal((TwoSilos.Grant, 1000), await ReadAsync(payer.AccountId));
    }

    [Fact]
    public async Task Start_SameIdOtherRequest_IsToldApart()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));

        JobStartResult result = await Job(_job).StartAsync(Sample.Start(payer, Now) with { RequestSha256 = [.. Enumerable.Repeat((byte)1, 32)] });

        Assert.Equal((JobStartStatus.RequestDiffers, Nano.Zero), (result.Status, result.Held));
    }

    [Fact]
    public async Task Start_SameIdOtherAccount_IsToldApart()
    {
        Payer first = await CreatePayerAsync();
        Payer second = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(first, Now));

        Assert.Equal(JobStartStatus.RequestDiffers, (await Job(_job).StartAsync(Sample.Start(second, Now))).Status);
    }

    [Fact]
    public async Task Start_BalanceTooSmall_NamesTheShortfall()
    {
        Payer payer = await CreatePayerAsync();

        JobStartResult result = await Job(_job).StartAsync(Sample.Start(payer, Now, promptTokens: 7, maxCompletionTokens: TwoSilos.Grant));

        Assert.Equal((JobStartStatus.InsufficientBalance, new Nano(7)), (result.Status, result.Shortfall));
        Assert.Equal((TwoSilos.Grant, 0), await ReadAsync(payer.AccountId));
    }

    [Fact]
    public async Task Start_UnknownAccount_IsRefused()
    {
        var payer = new Payer("acct-nobody", CocoonOrleans.Market.Accounts.ApiKey.Create("acct-nobody"));

        Assert.Equal(JobStartStatus.UnknownAccount, (await Job(_job).StartAsync(Sample.Start(payer, Now))).Status);
    }

    [Fact]
    public async Task Start_RevokedKey_IsRefused()
    {
        Payer payer = await CreatePayerAsync();
        Assert.True(await Account(payer.AccountId).RevokeKeyAsync(payer.Key.KeyId));

        Assert.Equal(JobStartStatus.KeyRefused, (await Job(_job).StartAsync(Sample.Start(payer, Now))).Status);
    }

    [Fact]
    public async Task Start_FreeModel_IsHeldAndChargedNothing()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now) with { Cap = default });

        JobCompletionResult result = await Job(_job).CompleteAsync(Sample.Completion(payer) with { Price = default });

        Assert.Equal((JobCompletionStatus.Captured, Nano.Zero), (result.Status, result.Captured));
        Assert.Equal((TwoSilos.Grant, 0), await ReadAsync(payer.AccountId));
    }

    public static TheoryData<string, Func<JobStart, JobStart>> BadStarts => new()
    {
        { "AccountId", start => start with { AccountId = "../etc" } },
        { "ApiKeyId", start => start with { ApiKeyId = "" } },
        { "RequestSha256", start => start with { RequestSha256 = new byte[31] } },
        { "Model", start => start with { Model = new string('m', 257) } },
        { "PromptTokens", start => start with { PromptTokens = -1 } },
        { "MaxCompletionTokens", start => start with { MaxCompletionTokens = long.MaxValue } },
        { "Cap", start => start with { Cap = new TokenPrices(new Nano(-1), Nano.Zero, Nano.Zero) } },
        { "ExpiresAt", start => start with { ExpiresAt = start.ExpiresAt + TimeSpan.FromHours(25) } },
        { "ExpiresAt", start => start with { ExpiresAt = DateTimeOffset.MaxValue } },
        { "Cap", start => start with { PromptTokens = 1_000_000_000, Cap = new TokenPrices(new Nano(long.MaxValue), Nano.Zero, Nano.Zero) } },
    };

    [Theory, MemberData(nameof(BadStarts), DisableDiscoveryEnumeration = true)]
    public async Task Start_BadField_IsNamed(string field, Func<JobStart, JobStart> spoil)
    {
        Payer payer = await CreatePayerAsync();

        JobStartResult result = await Job(_job).StartAsync(spoil(Sample.Start(payer, Now)));

        Assert.Equal((JobStartStatus.Invalid, field), (result.Status, result.InvalidField));
    }

    public static TheoryData<string, Func<JobCompletion, JobCompletion>> BadCompletions => new()
    {
        { "AccountId", completion => completion with { AccountId = "" } },
        { "WorkerId", completion => completion with { WorkerId = "" } },
        { "ProviderId", completion => completion with { ProviderId = "a b" } },
        { "ProviderId", completion => completion with { ProviderId = completion.AccountId } },
        { "Price", completion => completion with { Price = new TokenPrices(Nano.Zero, Nano.Zero, new Nano(-1)) } },
        { "Price", completion => completion with { Price = Sample.Price with { Completion = new Nano(1_000_001) } } },
        { "Reported", completion => completion with { Reported = new TokenUsage(1, 2, 0) } },
        { "CountedPromptTokens", completion => completion with { CountedPromptTokens = -1 } },
        { "CountedCompletionTokens", completion => completion with { CountedCompletionTokens = -1 } },
        { "Status", completion => completion with { Status = (CocoonOrleans.Grains.Jobs.CompletionStatus)9 } },
        { "ReceiptSha256", completion => completion with { ReceiptSha256 = new byte[33] } },
    };

    [Theory, MemberData(nameof(BadCompletions), DisableDiscoveryEnumeration = true)]
    public async Task Complete_BadField_IsNamedAndChargesNothing(string field, Func<JobCompletion, JobCompletion> spoil)
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));

        JobCompletionResult result = await Job(_job).CompleteAsync(spoil(Sample.Completion(payer)));

        Assert.Equal((JobCompletionStatus.Invalid, field), (result.Status, result.InvalidField));
        Assert.Equal((TwoSilos.Grant, 1000), await ReadAsync(payer.AccountId));
    }

    [Fact]
    public async Task Complete_AnotherAccountsJob_IsRefused()
    {
        Payer owner = await CreatePayerAsync();
        Payer other = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(owner, Now));

        JobCompletionResult result = await Job(_job).CompleteAsync(Sample.Completion(other));

        Assert.Equal((JobCompletionStatus.Invalid, "AccountId"), (result.Status, result.InvalidField));
        Assert.Equal((TwoSilos.Grant, 1000), await ReadAsync(owner.AccountId));
    }

    [Fact]
    public async Task Complete_NeverStarted_IsUnknown()
    {
        Payer payer = await CreatePayerAsync();

        Assert.Equal(JobCompletionStatus.UnknownJob, (await Job(_job).CompleteAsync(Sample.Completion(payer))).Status);
    }

    [Theory]
    [InlineData(100, 1000, 200, 302)] // The worker says more than was counted: the count and its tolerance of 2.
    [InlineData(100, 150, 200, 250)] // The worker says less: its word.
    [InlineData(500, 200, 200, 300)] // More prompt than was held for: what was held for.
    public async Task Complete_CountsDiffer_ChargesTheSmaller(long prompt, long reported, long counted, long charged)
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        JobCompletion completion = Sample.Completion(payer) with
        {
            Reported = new TokenUsage(prompt, 0, reported),
            CountedPromptTokens = prompt,
            CountedCompletionTokens = counted,
        };

        Assert.Equal(new Nano(charged), (await Job(_job).CompleteAsync(completion)).Captured);
    }

    [Fact]
    public async Task Complete_NobodyCounted_ChargesNoMoreThanTheHold()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        JobCompletion completion = Sample.Completion(payer) with { Reported = new TokenUsage(100, 0, 1_000_000), CountedCompletionTokens = null };

        Assert.Equal(new Nano(1000), (await Job(_job).CompleteAsync(completion)).Captured);
    }

    [Fact]
    public async Task Complete_NoReceipt_ChargesTheCount()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));

        JobCompletionResult result = await Job(_job).CompleteAsync(
            Sample.Completion(payer, 100, 20) with { ReceiptSha256 = null, Status = CocoonOrleans.Grains.Jobs.CompletionStatus.Broken });

        Assert.Equal((JobCompletionStatus.Captured, new Nano(120)), (result.Status, result.Captured));
        Assert.Null((await Ledger.GetHoldAsync(_job, CancellationToken.None))?.Capture?.ReportHash);
    }

    [Theory]
    [InlineData(CocoonOrleans.Grains.Jobs.CompletionStatus.Broken)]
    [InlineData(CocoonOrleans.Grains.Jobs.CompletionStatus.Cancelled)]
    public async Task Complete_NothingDelivered_ChargesNothing(CocoonOrleans.Grains.Jobs.CompletionStatus status)
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));

        JobCompletionResult result = await Job(_job).CompleteAsync(Sample.Completion(payer, 100, 0) with { Status = status });

        Assert.Equal((JobCompletionStatus.Captured, Nano.Zero), (result.Status, result.Captured));
        Assert.Equal((TwoSilos.Grant, 0), await ReadAsync(payer.AccountId));
    }

    [Fact]
    public async Task Complete_EmptyAnswerInFull_ChargesThePrompt()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));

        Assert.Equal(new Nano(100), (await Job(_job).CompleteAsync(Sample.Completion(payer, 100, 0))).Captured);
    }

    [Fact]
    public async Task Complete_ProviderIsAnAccountOfAnotherClass_IsRefusedAndChargesNothing()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));

        JobCompletionResult result = await Job(_job).CompleteAsync(Sample.Completion(payer, provider: "treasury"));

        Assert.Equal((JobCompletionStatus.Invalid, "ProviderId"), (result.Status, result.InvalidField));
        Assert.Equal((TwoSilos.Grant, 1000), await ReadAsync(payer.AccountId));
    }

    [Fact]
    public async Task Abandon_AfterCapture_ChangesNothing()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        await Job(_job).CompleteAsync(Sample.Completion(payer));

        JobView? job = await Job(_job).AbandonAsync(new JobAbandonment(payer.AccountId, "refused"));

        Assert.Equal((JobState.Captured, new Nano(300)), (job?.State, job?.Captured));
        Assert.Equal((TwoSilos.Grant - 300, 0), await ReadAsync(payer.AccountId));
    }

    [Fact]
    public async Task Abandon_AnotherAccountsJob_ChangesNothing()
    {
        Payer owner = await CreatePayerAsync();
        Payer other = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(owner, Now));

        Assert.Null(await Job(_job).AbandonAsync(new JobAbandonment(other.AccountId, "refused")));
        Assert.Equal((TwoSilos.Grant, 1000), await ReadAsync(owner.AccountId));
    }

    [Fact]
    public async Task Get_OwnJob_TellsItAndOthersGetNothing()
    {
        Payer owner = await CreatePayerAsync();
        Payer other = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(owner, Now));
        await Job(_job).CompleteAsync(Sample.Completion(owner));

        JobView? job = await Job(_job).GetAsync(owner.AccountId);

        Assert.Equal((JobState.Captured, new Nano(1000), new Nano(300)), (job?.State, job?.Held, job?.Captured));
        Assert.Null(await Job(_job).GetAsync(other.AccountId));
    }

    [Fact]
    public async Task Start_ManyAtOnceOnOneAccount_AllHoldAndShareCommits()
    {
        Payer payer = await CreatePayerAsync();

        JobStartResult[] results = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Job(Guid.NewGuid()).StartAsync(Sample.Start(payer, Now))));

        Assert.All(results, result => Assert.Equal(JobStartStatus.Held, result.Status));
        Assert.Equal((TwoSilos.Grant, 200 * 1000), await ReadAsync(payer.AccountId));
    }
}
