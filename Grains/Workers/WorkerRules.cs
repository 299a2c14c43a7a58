using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market.Accounts;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Grains.Workers;

/// <summary>What a registration must look like. The gateway has checked it too; the grain doesn't trust that.</summary>
internal static class WorkerRules
{
    /// <summary>The most models, and offers, of a worker.</summary>
    public const int MaxModels = 32;

    private const int MaxSlots = 1024;
    private const int MaxNameLength = 100;
    private const int Sha256HexLength = 64;

    /// <exception cref="ArgumentException">A field breaks a bound; its name is the exception's parameter.</exception>
    public static void Check(WorkerRegistration registration)
    {
        Demand(registration.TunnelId != Guid.Empty, nameof(registration.TunnelId), "is missing");
        Demand(registration.BootId != Guid.Empty, nameof(registration.BootId), "is missing");
        Demand(registration.GatewayId is { Length: > 0 and <= MaxNameLength }, nameof(registration.GatewayId), "must have 1 to 100 characters");
        Demand(registration.Name is { Length: <= MaxNameLength }, nameof(registration.Name), "must have at most 100 characters");
        Demand(AccountId.IsValid(registration.ProviderId), nameof(registration.ProviderId), "must be an account id");
        Demand(registration.Engine is { Length: > 0 and <= MaxNameLength }, nameof(registration.Engine), "must have 1 to 100 characters");
        Demand(registration.Models is { Count: > 0 and <= MaxModels }, nameof(registration.Models), "must name 1 to 32 models");
        var names = new HashSet<string>();
        var manifests = new HashSet<string>();
        foreach (ServedModel model in registration.Models)
        {
            Demand(model.Model is { Length: > 0 and <= LedgerLimits.MaxTextLength } && names.Add(model.Model), nameof(model.Model), "must be one name, once");
            Demand(
                model.ManifestSha256 is { Length: Sha256HexLength } hash && hash.All(char.IsAsciiHexDigitLower) && manifests.Add(hash),
                nameof(model.ManifestSha256),
                "must be 64 lower-case hexadecimal digits, once");
            Demand(model.ContextTokens > 0, nameof(model.ContextTokens), "must be above zero");
            Demand(model.Slots is > 0 and <= MaxSlots, nameof(model.Slots), "must be 1 to 1024");
            Demand(model.Ask.IsValid, nameof(model.Ask), "must hold no negative price");
        }
    }

    /// <summary>
    /// A worker of a provider that is named by its key must show that provider's pass. Any other name proves nothing: where money is settled it is refused, and
    /// elsewhere it earns what stands in the ledger, which is never paid on the chain.
    /// </summary>
    /// <exception cref="ArgumentException">It shows none, or it is no good.</exception>
    public static void CheckPass(WorkerRegistration registration, string workerId, bool settles)
    {
        if (!ProviderId.TryParse(registration.ProviderId, out PublicKey provider))
        {
            Demand(!settles, nameof(registration.ProviderId), "must be the provider's key in hexadecimal digits, since earnings are paid here: make one with ./cocoon key create --purpose provider");
            Demand(registration.ProviderPass is null, nameof(registration.ProviderPass), "belongs to a provider that is named by its key");
            return;
        }

        Demand(
            workerId.Length == Sha256HexLength
                && workerId.All(char.IsAsciiHexDigitLower)
                && new WorkerPass(new Bits256(Convert.FromHexString(workerId))).IsSignedBy(provider, registration.ProviderPass),
            nameof(registration.ProviderPass),
            $"is not that provider's for worker {workerId}: make it with ./cocoon worker pass");
    }

    private static void Demand(bool holds, string field, string reason)
    {
        if (!holds)
        {
            throw new ArgumentException($"{field} {reason}.", field);
        }
    }
}
