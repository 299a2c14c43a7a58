namespace CocoonOrleans.Tunnel.Messages;

/// <summary>
/// Why a job isn't done, where its payload was not opened: the body of an answer with <see cref="TunnelRoutes.RefusedStatus"/>. It is not sealed, so it
/// proves nothing: whoever gets it tries elsewhere.
/// </summary>
/// <param name="Code">One of <see cref="JobErrorCodes"/>; a newer worker may know more.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Retryable">Whether another worker, or this one later, may succeed with the same request.</param>
public sealed record JobRefusal(string Code, string Message, bool Retryable)
{
    /// <summary>Most bytes of it as JSON.</summary>
    public const int MaxBytes = 4096;

    internal void Validate()
    {
        FieldCheck.Text(Code, 1, 64, "code");
        FieldCheck.Text(Message, 1, 500, "message");
    }
}
