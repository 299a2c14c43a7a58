using CocoonOrleans.Ledger.Sql;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace CocoonOrleans.Tests.Cluster.Storage;

public sealed class SqliteGrainStorageTests(StorageSilo silo) : IClassFixture<StorageSilo>
{
    private const string State = "counter";
    private readonly GrainId _grain = GrainId.Create("test", Guid.NewGuid().ToString("N"));

    [Fact]
    public async Task Read_NothingStored_GivesAFreshState()
    {
        GrainState<CounterState> state = new(new CounterState { Count = 9 }) { ETag = "leftover", RecordExists = true };

        await silo.Storage.ReadStateAsync(State, _grain, state);

        Assert.Equal((0, null, false), (state.State!.Count, state.ETag, state.RecordExists));
    }

    [Fact]
    public async Task Write_New_IsReadBackWithItsTag()
    {
        GrainState<CounterState> written = await Write(5);

        GrainState<CounterState> read = await Read();

        Assert.Equal((5, written.ETag, true), (read.State!.Count, read.ETag, read.RecordExists));
        Assert.True(written.RecordExists);
    }

    [Fact]
    public async Task Write_Again_TakesTheTagOfTheWriteBefore()
    {
        GrainState<CounterState> state = await Write(5);
        string? first = state.ETag;
        state.State!.Count = 6;

        await silo.Storage.WriteStateAsync(State, _grain, state);

        Assert.NotEqual(first, state.ETag);
        Assert.Equal(6, (await Read()).State!.Count);
    }

    [Fact]
    public async Task Write_StaleTag_IsRefusedAndNamesBothTags()
    {
        GrainState<CounterState> mine = await Write(5);
        GrainState<CounterState> theirs = await Read();
        string? stale = mine.ETag;
        await silo.Storage.WriteStateAsync(State, _grain, theirs);

        InconsistentStateException refused = await Assert.ThrowsAsync<InconsistentStateException>(
            () => silo.Storage.WriteStateAsync(State, _grain, mine));

        Assert.Equal((theirs.ETag, stale), (refused.StoredEtag, refused.CurrentEtag));
        Assert.Equal(stale, mine.ETag);
    }

    [Fact]
    public async Task Write_NoTagButSomethingStored_IsRefused()
    {
        await Write(5);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(6));

        Assert.Equal(5, (await Read()).State!.Count);
    }

    [Fact]
    public async Task Write_TagOfAStateThatWasClearedAndWrittenAnew_IsRefused()
    {
        GrainState<CounterState> old = await Write(5);
        GrainState<CounterState> other = await Read();
        await silo.Storage.ClearStateAsync(State, _grain, other);
        await silo.Storage.WriteStateAsync(State, _grain, other);

        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.WriteStateAsync(State, _grain, old));
    }

    [Fact]
    public async Task Write_StateTooLarge_IsRefusedWithItsSize()
    {
        GrainState<string> state = new(new string('x', 20_000));

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => silo.Storage.WriteStateAsync(State, _grain, state));

        Assert.Contains("takes 10000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clear_RightTag_Deletes()
    {
        GrainState<CounterState> state = await Write(5);

        await silo.Storage.ClearStateAsync(State, _grain, state);

        Assert.Equal((0, null, false), (state.State!.Count, state.ETag, state.RecordExists));
        Assert.False((await Read()).RecordExists);
    }

    [Fact]
    public async Task Clear_StaleTag_IsRefusedAndDeletesNothing()
    {
        GrainState<CounterState> mine = await Write(5);
        GrainState<CounterState> theirs = await Read();
        await silo.Storage.WriteStateAsync(State, _grain, theirs);

        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.ClearStateAsync(State, _grain, mine));

        Assert.True((await Read()).RecordExists);
    }

    [Fact]
    public async Task Clear_NoTagButSomethingStored_IsRefused()
    {
        await Write(5);

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => silo.Storage.ClearStateAsync(State, _grain, new GrainState<CounterState>(new CounterState())));

        Assert.True((await Read()).RecordExists);
    }

    [Fact]
    public async Task Clear_NothingStored_Succeeds() =>
        await silo.Storage.ClearStateAsync(State, _grain, new GrainState<CounterState>(new CounterState()));

    [Fact]
    public async Task Write_OtherStateNameOrStorage_IsApart()
    {
        await Write(5);
        GrainState<CounterState> otherName = new(new CounterState());
        GrainState<CounterState> otherStorage = new(new CounterState());

        await silo.Storage.ReadStateAsync("another", _grain, otherName);
        await silo.Services.GetRequiredKeyedService<IGrainStorage>(StorageSilo.OtherStorage).ReadStateAsync(State, _grain, otherStorage);

        Assert.False(otherName.RecordExists);
        Assert.False(otherStorage.RecordExists);
    }

    [Fact]
    public async Task Write_FileLocked_FailsAndWorksAgainAfterwards()
    {
        using (silo.Lock())
        {
            await Assert.ThrowsAsync<CommitException>(() => Write(5));
            Assert.False((await Read()).RecordExists);
        }

        await Write(5);
    }

    [Fact]
    public async Task Write_Cancelled_EndsTheWait()
    {
        using CancellationTokenSource cancellation = new();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => silo.Storage.WriteStateAsync(State, _grain, new GrainState<CounterState>(new CounterState()), cancellation.Token));
    }

    [Fact]
    public async Task Write_ManyGrainsAtOnce_StoresEachAsItIs()
    {
        GrainId[] grains = [.. Enumerable.Range(0, 500).Select(i => GrainId.Create("test", Guid.NewGuid().ToString("N")))];
        await Task.WhenAll(grains.Select((grain, i) =>
            silo.Storage.WriteStateAsync(State, grain, new GrainState<CounterState>(new CounterState { Count = i }))));

        int[] counts = await Task.WhenAll(grains.Select(async grain =>
        {
            GrainState<CounterState> state = new(new CounterState());
            await silo.Storage.ReadStateAsync(State, grain, state);
            return state.State!.Count;
        }));

        Assert.Equal(Enumerable.Range(0, 500), counts);
    }

    [Fact]
    public async Task Grain_StateChangedBehindItsBack_FailsTheCallAndReadsAnew()
    {
        ICounterGrain counter = silo.Counter(_grain.Key.ToString()!);
        await counter.Add(1);
        GrainState<CounterState> state = new(new CounterState());
        await silo.Storage.ReadStateAsync(State, counter.GetGrainId(), state);
        state.State!.Count = 10;
        await silo.Storage.WriteStateAsync(State, counter.GetGrainId(), state);

        await Assert.ThrowsAsync<InconsistentStateException>(() => counter.Add(1));

        Assert.Equal(11, await counter.Add(1));
    }

    private async Task<GrainState<CounterState>> Write(int count)
    {
        GrainState<CounterState> state = new(new CounterState { Count = count });
        await silo.Storage.WriteStateAsync(State, _grain, state);
        return state;
    }

    private async Task<GrainState<CounterState>> Read()
    {
        GrainState<CounterState> state = new(new CounterState());
        await silo.Storage.ReadStateAsync(State, _grain, state);
        return state;
    }
}
