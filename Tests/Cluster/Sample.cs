using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>Messages that are right, for tests to change in one place.</summary>
public static class Sample
{
    public const string Model = "house";

    public static readonly string Manifest = new('a', 64);

    /// <summary>One nano per token, prompt and completion alike.</summary>
    public static readonly TokenPrices Price = new(new Nano(1_000_000), new Nano(1_000_000), new Nano(1_000_000));

    public static JobStart Start(Payer payer, DateTimeOffset now, long promptTokens = 100, long maxCompletionTokens = 900) => new(
        payer.AccountId, payer.Key.KeyId, new byte[32], Model, promptTokens, maxCompletionTokens, Price, now + TimeSpan.FromMinutes(5));

    public static JobCompletion Completion(Payer payer, long promptTokens = 100, long completionTokens = 200, string provider = "prov-1") => new(
        payer.AccountId,
        WorkerId(1),
        provider,
        Price,
        new TokenUsage(promptTokens, 0, completionTokens),
        promptTokens,
        completionTokens,
        CompletionStatus.Complete,
        new byte[32]);

    public static string WorkerId(int number) => $"{number:x64}";

    /// <summary>A fresh worker id.</summary>
    public static string NewWorkerId() => $"{Guid.NewGuid():N}{Guid.NewGuid():N}";

    /// <summary>A model name that no other test uses, so that a book holds one test's offers only.</summary>
    public static string NewModel() => $"model-{Guid.NewGuid():N}";

    public static WorkerRegistration Registration(string model = Model, int slots = 4, Guid? boot = null) => new(
        "gateway-1",
        Guid.NewGuid(),
        boot ?? Guid.NewGuid(),
        "worker",
        "prov-1",
        "scripted",
        [new ServedModel(model, Manifest, 4096, slots, Price)]);

    public static WorkerHeartbeat Heartbeat(WorkerRegistration registration, long epoch, bool draining = false) =>
        new(epoch, registration.TunnelId, 0, 0, 0, draining);

    public static LeaseRequest Lease(long epoch, DateTimeOffset now, Guid? job = null) =>
        new(job ?? Guid.NewGuid(), epoch, Manifest, now + TimeSpan.FromMinutes(2), Guid.Empty);
}
