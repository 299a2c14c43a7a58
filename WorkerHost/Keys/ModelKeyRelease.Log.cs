using CocoonOrleans.Sealing;

namespace CocoonOrleans.WorkerHost.Keys;

public sealed partial class ModelKeyRelease
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model} is encrypted (manifest {Manifest}): asking its {Brokers} key brokers, {Needed} shares are needed")]
    private partial void LogAsking(string model, Digest manifest, int brokers, int needed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No share of the key of model {Model} from {Broker}: {Code}: {Detail}")]
    private partial void LogRefused(string model, string broker, string code, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "The key of model {Model} was released for statement {Statement}: {Shares} good shares came")]
    private partial void LogReleased(string model, Digest statement, int shares);
}
