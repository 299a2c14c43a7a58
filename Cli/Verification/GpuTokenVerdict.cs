namespace CocoonOrleans.Cli.Verification;

/// <summary>The JSON object of <c>cocoon verify gpu --nras</c>.</summary>
/// <param name="Verdict"><c>accept</c> or <c>reject</c>: whether NVIDIA's service vouches for the GPUs, for the nonce, at that time.</param>
/// <param name="Code">Why it is rejected, for programs; null where it is accepted.</param>
/// <param name="Reason">The same for people.</param>
/// <param name="Devices">The GPUs; none where it is rejected.</param>
/// <param name="ValidUntil">The earliest end of the tokens; null where it is rejected.</param>
/// <param name="Nonce">The nonce that was asked for, hex.</param>
/// <param name="At">The time at which it was verified.</param>
public sealed record GpuTokenVerdict(
    string Verdict, string? Code, string? Reason, IReadOnlyList<GpuTokenDevice> Devices, DateTimeOffset? ValidUntil, string Nonce, DateTimeOffset At);
