namespace CocoonOrleans.Tests.Cluster.Storage;

public sealed class SqliteReminderTableTests(StorageSilo silo) : IClassFixture<StorageSilo>
{
    private static readonly DateTime Start = new(2026, 11, 25, 12, 0, 0, 1, DateTimeKind.Utc);

    private readonly GrainId _grain = GrainId.Create("test", Guid.NewGuid().ToString("N"));

    [Fact]
    public async Task UpsertRow_New_IsReadBack()
    {
        string? tag = await silo.Reminders.UpsertRow(Entry(_grain, "a"));

        ReminderEntry? read = await silo.Reminders.ReadRow(_grain, "a");

        Assert.NotNull(read);
        Assert.Equal(
            (_grain, "a", Start, DateTimeKind.Utc, TimeSpan.FromMinutes(3), tag),
            (read.GrainId, read.ReminderName, read.StartAt, read.StartAt.Kind, read.Period, read.ETag));
    }

    [Fact]
    public async Task UpsertRow_Again_ChangesItsTimesAndTag()
    {
        string? first = await silo.Reminders.UpsertRow(Entry(_grain, "a"));
        ReminderEntry changed = Entry(_grain, "a");
        changed.Period = TimeSpan.FromMinutes(4);

        string? second = await silo.Reminders.UpsertRow(changed);

        Assert.NotEqual(first, second);
        ReminderEntry only = Assert.Single((await silo.Reminders.ReadRows(_grain)).Reminders);
        Assert.Equal((TimeSpan.FromMinutes(4), second), (only.Period, only.ETag));
    }

    [Fact]
    public async Task ReadRow_NoSuchReminder_IsNull() => Assert.Null(await silo.Reminders.ReadRow(_grain, "a"));

    [Fact]
    public async Task ReadRows_OfAGrain_ListsOnlyItsOwn()
    {
        await silo.Reminders.UpsertRow(Entry(_grain, "a"));
        await silo.Reminders.UpsertRow(Entry(_grain, "b"));
        await silo.Reminders.UpsertRow(Entry(GrainId.Create("test", "another"), "a"));

        Assert.Equal(["a", "b"], (await silo.Reminders.ReadRows(_grain)).Reminders.Select(entry => entry.ReminderName).Order());
    }

    [Fact]
    public async Task ReadRows_Range_HoldsItsEndAndNotItsBegin()
    {
        await silo.Reminders.UpsertRow(Entry(_grain, "a"));
        uint hash = _grain.GetUniformHashCode();

        Assert.True(await IsListed(hash - 1, hash));
        Assert.False(await IsListed(hash, hash + 1));
    }

    [Fact]
    public async Task ReadRows_RangeThatWraps_HoldsBothEndsOfTheRing()
    {
        await silo.Reminders.UpsertRow(Entry(_grain, "a"));
        uint hash = _grain.GetUniformHashCode();

        Assert.True(await IsListed(hash, hash));
        Assert.True(await IsListed(hash - 1, hash - 2));
        Assert.True(await IsListed(hash + 1, hash));
        Assert.False(await IsListed(hash, hash - 1));
    }

    [Fact]
    public async Task RemoveRow_RightTag_Deletes()
    {
        string? tag = await silo.Reminders.UpsertRow(Entry(_grain, "a"));

        Assert.True(await silo.Reminders.RemoveRow(_grain, "a", tag!));

        Assert.Null(await silo.Reminders.ReadRow(_grain, "a"));
    }

    [Fact]
    public async Task RemoveRow_StaleTag_DeletesNothing()
    {
        string? stale = await silo.Reminders.UpsertRow(Entry(_grain, "a"));
        await silo.Reminders.UpsertRow(Entry(_grain, "a"));

        Assert.False(await silo.Reminders.RemoveRow(_grain, "a", stale!));

        Assert.NotNull(await silo.Reminders.ReadRow(_grain, "a"));
    }

    [Fact]
    public async Task Grain_RegistersAReminder_IsRemindedAndListsIt()
    {
        ICounterGrain counter = silo.Counter(Guid.NewGuid().ToString("N"));

        await counter.StartCounting();

        await Eventually.True(async () => await counter.Read() > 0, "the reminder, due after a second, was never received");
        Assert.Equal(["count"], await counter.ListReminders());
    }

    [Fact]
    public async Task Grain_UnregistersItsReminder_HasNone()
    {
        ICounterGrain counter = silo.Counter(Guid.NewGuid().ToString("N"));
        await counter.StartCounting();

        await counter.StopCounting();

        Assert.Empty(await counter.ListReminders());
        Assert.Empty((await silo.Reminders.ReadRows(counter.GetGrainId())).Reminders);
    }

    private async Task<bool> IsListed(uint begin, uint end) =>
        (await silo.Reminders.ReadRows(begin, end)).Reminders.Any(entry => entry.GrainId == _grain);

    private static ReminderEntry Entry(GrainId grain, string name) =>
        new() { GrainId = grain, ReminderName = name, StartAt = Start, Period = TimeSpan.FromMinutes(3) };
}
