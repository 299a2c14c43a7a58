namespace CocoonOrleans.WorkerHost.Models;

public sealed partial class ModelLoading
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Loading model {Model} from {Folder}")]
    private partial void LogLoading(string model, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {Model}: {Parameters} parameters, context {ContextTokens} tokens, {Slots} slots")]
    private partial void LogLoaded(string model, long parameters, int contextTokens, int slots);
}
