using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Ton.Chain;

public sealed partial class TonChain
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Endpoint {Endpoint} gave no answer ({Failure}): {Reason}")]
    private partial void LogNoAnswer(string endpoint, ChainFailure failure, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Endpoint {Endpoint} is behind: it told of block {Seqno}, after {Seen} was seen; ignored")]
    private partial void LogLagging(string endpoint, uint seqno, uint seen);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Endpoints {Endpoints} contradict each other about block {Seqno}; one of them is wrong")]
    private partial void LogContradiction(string endpoints, uint seqno);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Endpoint {Endpoint} is not used: {Reason}")]
    private partial void LogUnusable(string endpoint, string reason);
}
