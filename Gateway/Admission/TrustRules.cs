using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>Which trust tier may serve a request at least: a request may ask for more than its key, and for less only where the key allows it.</summary>
internal static class TrustRules
{
    /// <summary>The lowest tier; null for any.</summary>
    /// <param name="caller">Whose key it is.</param>
    /// <param name="wanted">What the request asks for; null where it says nothing.</param>
    /// <param name="field">The field that says it.</param>
    /// <param name="error">Why the request can't be served; null where it can.</param>
    public static TrustTier? Lowest(Caller caller, TrustTier? wanted, string field, out ApiError? error)
    {
        error = null;
        if (wanted is not { } tier || caller.LowestTrust is not { } lowest)
        {
            return wanted ?? caller.LowestTrust;
        }

        if (tier < lowest && !caller.MayLowerTrust)
        {
            error = new ApiError(
                ErrorKinds.TrustNotAllowed, $"This key is served by workers of tier {lowest.ToName()} or higher alone; the request asks for {tier.ToName()}.")
            { Param = field };
        }

        return tier;
    }
}
