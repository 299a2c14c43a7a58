using CocoonOrleans.Ledger.Channels;

namespace CocoonOrleans.Grains.Channels;

/// <summary>Keeps copies of clients' vouchers beside the database, for a watchtower that runs apart (<c>cocoon watchtower</c>).</summary>
public interface IVoucherCopies
{
    /// <summary>Keeps a copy, in place of the channel's last one; it is on the disk when this returns.</summary>
    /// <param name="channel">The channel's address in raw form.</param>
    /// <param name="voucher">What covers all that was used.</param>
    /// <param name="cancellationToken">Ends the wait; the copy may be kept or not.</param>
    /// <exception cref="IOException">The disk refuses it.</exception>
    Task KeepAsync(string channel, ClientVoucher voucher, CancellationToken cancellationToken);
}
