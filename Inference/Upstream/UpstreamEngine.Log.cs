using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Inference.Upstream;

public sealed partial class UpstreamEngine
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Model} is computed by {Server} at {Address}: context of {ContextTokens} tokens; its weights are declared to be {Weights}")]
    private partial void LogLoaded(string model, UpstreamServer server, Uri address, int contextTokens, string weights);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model}: tokens are counted from the answer's text, since {Server} doesn't give the ids of all of them")]
    private partial void LogCountsText(string model, UpstreamServer server);

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting up to {Limit} for the upstream at {Address}: {Reason}")]
    private partial void LogWaiting(Uri address, TimeSpan limit, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The upstream of {Model} at {Address} is not on this machine: prompts and answers leave it, and no attestation covers them there")]
    private partial void LogRemote(string model, Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The upstream of {Model} runs {Slots} answers at once, but this worker offers {Offered}: the others wait there. Set Worker:Upstream:Slots to {Slots}")]
    private partial void LogFewSlots(string model, int slots, int offered);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The upstream of {Model} keeps no seeds: requests that give one are refused. Start SGLang with --enable-deterministic-inference")]
    private partial void LogNoSeeds(string model);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The upstream of {Model} failed ({Fault}) after {Tokens} tokens: {Reason}")]
    private partial void LogFault(string model, UpstreamFault fault, int tokens, string reason);
}
