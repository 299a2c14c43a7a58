using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Inference.Native;

public sealed partial class NativeEngine
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Loaded {Model}: {Parameters} weights, context of {ContextTokens} tokens, in {Elapsed}")]
    private static partial void LogLoaded(ILogger logger, string model, long parameters, int contextTokens, TimeSpan elapsed);
}
