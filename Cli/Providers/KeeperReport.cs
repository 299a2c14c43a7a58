namespace CocoonOrleans.Cli.Providers;

/// <summary>The JSON object of <c>cocoon worker keeper</c>: what it saw at its last look. Amounts are nano, as decimal strings.</summary>
/// <param name="At">When.</param>
/// <param name="DueNano">What the operator says that it owes; null where it gave no answer.</param>
/// <param name="PromisedNano">What good vouchers say beyond what the chain has paid.</param>
/// <param name="UnpromisedNano">The difference; null where the operator gave no answer, or the chain never said what a voucher is worth: then workers stay as they are.</param>
/// <param name="Paused">Whether the workers are paused.</param>
/// <param name="Vouchers">The best voucher of each channel.</param>
/// <param name="Problems">What is wrong, in sentences.</param>
public sealed record KeeperReport(
    DateTimeOffset At, string? DueNano, string PromisedNano, string? UnpromisedNano, bool Paused, IReadOnlyList<KeptVoucher> Vouchers, IReadOnlyList<string> Problems)
{
    /// <summary>Whether a person would learn nothing new from another one.</summary>
    internal bool SaysTheSameAs(KeeperReport other) =>
        (DueNano, PromisedNano, Paused) == (other.DueNano, other.PromisedNano, other.Paused) && Problems.SequenceEqual(other.Problems);
}

/// <summary>A voucher that is good.</summary>
/// <param name="Channel">Its channel, in raw form.</param>
/// <param name="Phase">How far the channel is: open, closing or closed.</param>
/// <param name="Serial">Its number.</param>
/// <param name="CumulativeNano">What it says.</param>
/// <param name="ClaimedNano">What the chain has paid.</param>
/// <param name="File">Where it is kept.</param>
public sealed record KeptVoucher(string Channel, string Phase, long Serial, string CumulativeNano, string ClaimedNano, string File);
