using System.Globalization;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Registries;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Cli.Registry;

/// <summary>What papers say, in words: nobody should sign a hash.</summary>
internal static class RegistryTexts
{
    /// <summary>What a proposal or a veto does.</summary>
    public static string Change(RegistryPaper paper)
    {
        if (paper.Proposal is not { } proposal)
        {
            return $"stop proposal {paper.Number}";
        }

        try
        {
            return proposal.Kind switch
            {
                RegistryChangeKind.PutImage => $"allow image {proposal.Key} {Image(RegistryImage.Read(proposal.Value!))}",
                RegistryChangeKind.RemoveImage => $"revoke image {proposal.Key}, at once",
                RegistryChangeKind.PutModel => $"list model {proposal.Key} as {RegistryModel.Read(proposal.Value!).Name}",
                RegistryChangeKind.RemoveModel => $"take model {proposal.Key} off, at once",
                RegistryChangeKind.PutGateway => RegistryGateway.Read(proposal.Value!) is var gateway ? $"list gateway {proposal.Key} at {gateway.Address} until {Time(gateway.ValidUntil):u}" : "",
                RegistryChangeKind.RemoveGateway => $"take gateway {proposal.Key} off, at once",
                RegistryChangeKind.SetParameters => $"set the parameters: {Parameters(RegistryParameters.Read(proposal.Value!))}",
                RegistryChangeKind.SetOwners => RegistryOwners.Read(proposal.Value!) is var owners
                    ? $"set the owners: {owners.Needed} of {owners.Keys.Count} ({string.Join(", ", owners.Keys.OrderBy(owner => owner.Key).Select(owner => $"{owner.Key} {owner.Value}"))}), time lock {Delay(proposal)} s"
                    : "",
                _ => $"name {SuccessorOf(proposal)} as the registry that follows",
            };
        }
        catch (Exception unreadable) when (unreadable is TonFormatException or NullReferenceException)
        {
            return $"{proposal.Kind} with a content that this program can't read ({unreadable.Message}): do not sign it";
        }
    }

    /// <summary>A time of the chain.</summary>
    public static DateTimeOffset Time(uint seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    /// <summary>Parameters in one line.</summary>
    public static string Parameters(RegistryParameters parameters) => string.Create(
        CultureInfo.InvariantCulture,
        $"channel {parameters.ChannelCodeHash}, close delay {parameters.LeastCloseDelay} to {parameters.MostCloseDelay} s, commission up to {parameters.MostCommissionPerMillion} millionths, top-up from {parameters.LeastTopUp.ToCoinString()}");

    /// <summary>An image in a few words.</summary>
    public static string Image(RegistryImage image) => $"({Role(image.Role)}, {Time(image.ValidFrom):u} to {Time(image.ValidUntil):u}) {image.Note}";

    private static string Role(byte role) => role switch { 1 => "worker", 2 => "gateway", 3 => "key broker", _ => $"role {role}" };

    /// <summary>The new time lock stands where an entry's key would: a number of 256 bits, of which the lowest 32 are used.</summary>
    private static uint Delay(RegistryProposal proposal) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(proposal.Key.ToArray().AsSpan()[^sizeof(uint)..]);

    private static TonAddress SuccessorOf(RegistryProposal proposal)
    {
        var slice = proposal.Value!.BeginRead();
        var address = slice.RequireAddress("successor");
        slice.RequireEnd("successor");
        return address;
    }
}
