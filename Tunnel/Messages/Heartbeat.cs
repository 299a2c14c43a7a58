namespace CocoonOrleans.Tunnel.Messages;

/// <summary>A worker's load, sent about every second.</summary>
/// <param name="Running">Jobs that are being computed.</param>
/// <param name="Queued">Jobs that wait inside the engine.</param>
/// <param name="FreeSlots">Jobs that it would take now; 0 while it drains.</param>
/// <param name="TokensPerSecond">Tokens generated a second, over the last seconds.</param>
/// <param name="Draining">Whether the worker is about to leave: it finishes what runs and takes nothing new.</param>
/// <param name="PendingReceipts">Receipts that no gateway has acknowledged yet.</param>
/// <param name="StatementSha256">The hash of its newest statement: a gateway that has another one fetches it. 64 lower-case hex digits.</param>
/// <param name="OffersSha256">The hash of its newest offers: a gateway that has others fetches them. 64 lower-case hex digits; null where it posts none.</param>
public sealed record Heartbeat(int Running, int Queued, int FreeSlots, double TokensPerSecond, bool Draining, int PendingReceipts, string StatementSha256, string? OffersSha256 = null)
{
    internal void Validate()
    {
        FieldCheck.That(Running >= 0, "running", "must not be negative");
        FieldCheck.That(Queued >= 0, "queued", "must not be negative");
        FieldCheck.That(FreeSlots >= 0, "freeSlots", "must not be negative");
        FieldCheck.That(double.IsFinite(TokensPerSecond) && TokensPerSecond >= 0, "tokensPerSecond", "must be a number from 0");
        FieldCheck.That(PendingReceipts >= 0, "pendingReceipts", "must not be negative");
        FieldCheck.Hash(StatementSha256, "statementSha256");
        if (OffersSha256 is not null)
        {
            FieldCheck.Hash(OffersSha256, "offersSha256");
        }
    }
}
