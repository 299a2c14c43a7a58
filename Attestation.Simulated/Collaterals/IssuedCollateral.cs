using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Simulated.Worlds;

namespace CocoonOrleans.Attestation.Simulated.Collaterals;

/// <summary>
/// The collateral that is in force. Each set is given out for a day, so that verifiers may remember what they checked; then one with later dates and
/// higher numbers follows it. Thread-safe.
/// </summary>
/// <param name="platform">Of whose processor it is.</param>
/// <param name="time">The clock.</param>
/// <param name="nextIssue">Numbers the sets, where that must go on after another start; null to begin with 0.</param>
/// <param name="life">How long a set holds, where that is short; null for weeks.</param>
internal sealed class IssuedCollateral(SimulatedPlatform platform, TimeProvider time, Func<int>? nextIssue = null, TimeSpan? life = null)
{
    private readonly TimeSpan _givenOut = life is { } holds ? holds / 4 : TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private JsonObject? _current;
    private DateTimeOffset _madeAt;
    private int _issue;

    /// <summary>The set. Nobody may change it.</summary>
    public JsonObject Current()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_current is null || now >= _madeAt + _givenOut)
            {
                (_current, _madeAt) = (platform.Collateral(now, nextIssue?.Invoke() ?? _issue++), now);
            }

            return _current;
        }
    }
}
