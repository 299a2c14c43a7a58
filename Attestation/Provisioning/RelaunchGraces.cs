using System.Numerics;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>
/// Ends the grace of a TD that Intel advises to start again, for somebody who judges quotes alone: since when a machine shows the advice is kept beside the floors, as times that never fall. It is forgotten once no quote of the machine
/// has shown it for <see cref="TcbPolicy.LongestGrace"/> and one is up to date after that.
/// </summary>
internal sealed class RelaunchGraces(string prefix, ICollateralFloorStore floors, TimeProvider time)
{
    private const int NameDigits = 32;

    // What is written seldom wears no disk.
    private static readonly TimeSpan Step = TimeSpan.FromHours(1);

    /// <summary>Judges an accepted quote's machine.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why the machine is not taken any more; null where it is.</returns>
    /// <exception cref="IOException">The floors can't be written.</exception>
    public async ValueTask<Refusal?> JudgeAsync(EvidenceVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict.Processor is not { } processor)
        {
            return null;
        }

        var machine = $"{prefix}/{Convert.ToHexStringLower(SHA256.HashData(processor.Ppid.Span))[..NameDigits]}";
        var (since, last, done) = ($"{machine}/relaunch-since", $"{machine}/relaunch-last", $"{machine}/relaunch-done");
        var (began, seen) = (await ReadAsync(since, cancellationToken), await ReadAsync(last, cancellationToken));
        var now = time.GetUtcNow();
        if (!verdict.MustDrain)
        {
            if (seen is not null && now - seen > TcbPolicy.LongestGrace + Step && !(await ReadAsync(done, cancellationToken) > seen))
            {
                await WriteAsync([(done, now)], cancellationToken);
            }

            return null;
        }

        var isNew = began is null || await ReadAsync(done, cancellationToken) > seen;
        if (isNew || now - seen >= Step)
        {
            await WriteAsync(isNew ? [(since, now), (last, now)] : [(last, now)], cancellationToken);
        }

        var by = (isNew ? now : began!.Value) + TcbPolicy.LongestGrace;
        return now <= by ? null : new Refusal(RefusalCodes.PolicyRelaunch, $"the TD was expected to be started again by {by:u}");
    }

    private async ValueTask<DateTimeOffset?> ReadAsync(string name, CancellationToken cancellationToken) =>
        await floors.FindAboveAsync([new CollateralFloor(name, BigInteger.MinusOne)], cancellationToken) is { } floor ? DateTimeOffset.FromUnixTimeSeconds((long)floor.Number) : null;

    /// <summary>One that another wrote a moment ago with a later time stays.</summary>
    private async Task WriteAsync((string Name, DateTimeOffset At)[] times, CancellationToken cancellationToken) =>
        await floors.RaiseAsync([.. times.Select(one => new CollateralFloor(one.Name, one.At.ToUnixTimeSeconds()))], cancellationToken);
}
