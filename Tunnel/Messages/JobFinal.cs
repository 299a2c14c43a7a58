using CocoonOrleans.Tunnel.Usage;

namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The last record of a good answer.</summary>
/// <param name="FinishReason">OpenAI's finish reason: stop, length, tool_calls or content_filter. Of several answers that of the first, with index 0.</param>
/// <param name="Usage">The signed counts.</param>
public sealed record JobFinal(string FinishReason, SignedUsageReport Usage);
