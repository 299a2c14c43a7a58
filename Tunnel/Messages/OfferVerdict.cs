namespace CocoonOrleans.Tunnel.Messages;

/// <summary>What became of an offer.</summary>
/// <param name="Model">The model; empty where the offer could not be read.</param>
/// <param name="Serial">The offer's serial; 0 as above.</param>
/// <param name="Code">Why it is not in the book; null where it is.</param>
/// <param name="Message">The same for people, at most 300 characters.</param>
public sealed record OfferVerdict(string Model, long Serial, string? Code, string? Message)
{
    internal void Validate()
    {
        FieldCheck.Text(Model, 0, 128, "model");
        FieldCheck.Text(Code ?? "", 0, 64, "code");
        FieldCheck.Text(Message ?? "", 0, 300, "message");
    }
}
