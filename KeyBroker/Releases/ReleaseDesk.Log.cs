using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.KeyBroker.Releases;

public sealed partial class ReleaseDesk
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Released the share of {Model} (manifest {Manifest}) for statement {Statement} of worker {Worker}, tier {Tier}, to {From}")]
    private partial void LogReleased(string model, Digest manifest, Digest statement, Digest worker, TrustTier tier, string from);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {From}: {Code}: {Detail}")]
    private partial void LogRefused(string from, string code, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing is released any more: a release can't be written down. {Reason}")]
    private partial void LogNotWritten(string reason);
}
