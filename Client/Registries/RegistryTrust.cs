using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Registries;

namespace CocoonOrleans.Client.Registries;

/// <summary>
/// What the network's registry allows, read from the chain by the client itself: nobody asks a gateway what the owners said. It narrows what quotes are judged by: an image must be one of the client's own manifests and
/// listed too. A registry that can't be read for <see cref="MaxAge"/> allows nothing. Thread-safe.
/// </summary>
public sealed class RegistryTrust : IDisposable
{
    /// <summary>How often the chain is asked, at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>How old the chain's last word may be.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private readonly Func<CancellationToken, Task<RegistrySnapshot>> _read;
    private readonly RegistryFloors _floors;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1);
    private RegistrySnapshot? _last;
    private DateTimeOffset _freshUntil;
    private long? _askedAt;

    /// <param name="chain">The chain; belongs to the caller. With endpoints of two owners both must say the same.</param>
    /// <param name="address">Where the registry is.</param>
    /// <param name="floors">Remembers its highest version on the disk; belongs to the caller.</param>
    /// <param name="time">The clock.</param>
    public RegistryTrust(TonChain chain, TonAddress address, RegistryFloors floors, TimeProvider time)
        : this(new RegistryReader(chain, address, floor: null).ReadAsync, floors, time)
    {
    }

    /// <summary>With another way to read; one call at a time.</summary>
    internal RegistryTrust(Func<CancellationToken, Task<RegistrySnapshot>> read, RegistryFloors floors, TimeProvider time)
    {
        (_read, _floors, _time) = (read, floors, time);
    }

    /// <summary>What it allows now.</summary>
    /// <param name="cancellationToken">Ends the wait for the chain.</param>
    /// <exception cref="SealingRefusedException">
    /// It can't be read and what is known is too old (<see cref="SealingRefusalCodes.RegistryUnreadable"/>), it went back (<see cref="SealingRefusalCodes.RegistryRollback"/>), or its version can't be remembered.
    /// </exception>
    public async Task<RegistrySnapshot> GetAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Exception? failure = null;
            if (_askedAt is not { } asked || _time.GetElapsedTime(asked) >= Interval || _last is null)
            {
                failure = await TryReadAsync(cancellationToken);
            }

            return _last is { } last && _time.GetUtcNow() <= _freshUntil
                ? last
                : throw new SealingRefusedException(
                    SealingRefusalCodes.RegistryUnreadable,
                    $"The network's registry can't be read from the chain, or what is said of it is older than {MaxAge}: {failure?.Message ?? "the chain's clock stands still"}. Ask another endpoint of the chain.",
                    failure);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Holds a worker's statement to it.</summary>
    /// <param name="bound">The statement.</param>
    /// <param name="image">The image that its quote shows; null where none was compared with.</param>
    /// <param name="cancellationToken">Ends the wait for the chain.</param>
    /// <exception cref="SealingRefusedException">It is not listed, or the registry can't be used.</exception>
    internal async Task RequireAsync(BoundStatement bound, Digest? image, CancellationToken cancellationToken)
    {
        var registry = await GetAsync(cancellationToken);
        if (bound.Statement.Tier != TrustTier.Open)
        {
            if (image is not { } id)
            {
                throw NotListed(registry, "which image it runs is not known here: name its manifest");
            }

            if (!registry.Images.TryGetValue(Bits256.Parse(id.ToString(), "image"), out var listed) || !listed.AllowsWorkersAt(_time.GetUtcNow()))
            {
                throw NotListed(registry, $"image {id} is not allowed for workers now");
            }
        }

        foreach (var model in bound.Statement.Models.Where(model => registry.Models.Count > 0 && !registry.Models.ContainsKey(Bits256.Parse(model.ToString(), "model"))))
        {
            throw NotListed(registry, $"model {model} is not listed");
        }
    }

    private static SealingRefusedException NotListed(RegistrySnapshot registry, string fault) =>
        new(SealingRefusalCodes.RegistryNotListed, $"The network's registry ({registry.Address}, version {registry.State.Version}) does not allow a worker: {fault}.");

    /// <returns>Why it could not be read; what was known before stays while it is fresh.</returns>
    private async Task<Exception?> TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var read = await _read(cancellationToken);
            await _floors.RaiseAsync(read.Network.ToString(System.Globalization.CultureInfo.InvariantCulture), read.Address, read.State.Version, cancellationToken);
            var (now, said) = (_time.GetUtcNow(), DateTimeOffset.FromUnixTimeSeconds(read.Time));

            // A clock of the future makes nothing fresh for longer.
            (_last, _freshUntil, _askedAt) = (read, (said < now ? said : now) + MaxAge, _time.GetTimestamp());
            return null;
        }
        catch (RegistryException back) when (back.Failure == RegistryFailure.WentBack)
        {
            throw new SealingRefusedException(SealingRefusalCodes.RegistryRollback, $"{back.Message}: somebody shows an older one. Ask another endpoint of the chain.", back);
        }
        catch (Exception away) when (away is ChainException or RegistryException)
        {
            _askedAt = _time.GetTimestamp();
            return away;
        }
    }
}
