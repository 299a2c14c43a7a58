namespace CocoonOrleans.Tests.Cluster.Storage;

/// <summary>A grain with state and a reminder, as our grains have them.</summary>
public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    Task<int> Read();

    Task Clear();

    /// <summary>Adds one after a second and then every ten minutes.</summary>
    Task StartCounting();

    Task<string[]> ListReminders();

    Task StopCounting();
}

[GenerateSerializer, Alias("CounterState")]
public sealed class CounterState
{
    [Id(0)]
    public int Count { get; set; }
}

public sealed class CounterGrain([PersistentState("counter")] IPersistentState<CounterState> state) : Grain, ICounterGrain, IRemindable
{
    private const string Reminder = "count";

    public async Task<int> Add(int amount)
    {
        state.State.Count += amount;
        await state.WriteStateAsync();
        return state.State.Count;
    }

    public Task<int> Read() => Task.FromResult(state.State.Count);

    public Task Clear() => state.ClearStateAsync();

    public Task StartCounting() => this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));

    public async Task<string[]> ListReminders() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName)];

    public async Task StopCounting() => await this.UnregisterReminder((await this.GetReminder(Reminder))!);

    public Task ReceiveReminder(string reminderName, TickStatus status) => Add(1);
}
