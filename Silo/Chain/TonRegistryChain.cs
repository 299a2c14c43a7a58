using CocoonOrleans.Grains.Registries;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Registries;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Silo.Chain;

/// <summary>The network's registry on TON, for its grain.</summary>
internal sealed class TonRegistryChain(TonChain chain, IOptions<RegistryOptions> options) : IRegistryChain
{
    private const int LongestAddressFile = 256;

    private TonAddress? _address;

    public string Registry => NameOf(Address());

    public async Task<RegistryObservation> ReadAsync(RegistryMark? floor, CancellationToken cancellationToken)
    {
        try
        {
            TonAddress address = Address();
            RegistrySnapshot read = await new RegistryReader(
                chain, address, floor is null ? null : new RegistryFloor(floor.Version, floor.Next, Bits256.Parse(floor.Content, "floor"))).ReadAsync(cancellationToken);
            return new RegistryObservation(
                new RegistryMark(NameOf(address), read.State.Version, read.State.Next, read.State.Content.ToString()),
                DateTimeOffset.FromUnixTimeSeconds(read.Time),
                [
                    .. read.Images
                        .Where(image => image.Value.Role == RegistryImage.WorkerRole)
                        .Select(image => new AllowedImage(
                            image.Key.ToString(), DateTimeOffset.FromUnixTimeSeconds(image.Value.ValidFrom), DateTimeOffset.FromUnixTimeSeconds(image.Value.ValidUntil))),
                ],
                [.. read.Models.Keys.Select(model => model.ToString())],
                read.Unreadable.Count,
                read.State.Pending.Count,
                read.State.Successor?.ToString());
        }
        catch (Exception unusable) when (unusable is ChainException or RegistryException or TonFormatException)
        {
            throw new ChainUnavailableException(unusable.Message, unusable);
        }
    }

    private string NameOf(TonAddress address) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{chain.Network} {address}");

    private TonAddress Address()
    {
        if (_address is { } known)
        {
            return known;
        }

        try
        {
            string? text = options.Value.Address;
            if (options.Value.AddressFile is { Length: > 0 } file)
            {
                using var reader = new StreamReader(file);
                char[] buffer = new char[LongestAddressFile];
                text = new string(buffer, 0, reader.ReadBlock(buffer)).Trim();
            }

            return _address = TonAddress.Parse(text, chain.Network, "Registry:Address");
        }
        catch (Exception unreadable) when (unreadable is TonFormatException or IOException or UnauthorizedAccessException)
        {
            throw new ChainUnavailableException($"Where the registry is can't be read: {unreadable.Message}", unreadable);
        }
    }
}
