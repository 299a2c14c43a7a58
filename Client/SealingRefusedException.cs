namespace CocoonOrleans.Client;

/// <summary>
/// The client keeps a prompt back, or doesn't believe an answer. It is a fault of the transport for whoever calls: what came until then is not to be relied on.
/// </summary>
public sealed class SealingRefusedException : HttpRequestException
{
    /// <summary>Refuses.</summary>
    /// <param name="code">One of <see cref="SealingRefusalCodes"/>.</param>
    /// <param name="message">A sentence for people, without any part of a prompt.</param>
    /// <param name="inner">What caused it.</param>
    public SealingRefusedException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>One of <see cref="SealingRefusalCodes"/>.</summary>
    public string Code { get; }
}
