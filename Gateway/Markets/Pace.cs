namespace CocoonOrleans.Gateway.Markets;

/// <summary>How fast a worker answered this gateway's requests for one model: moving averages of the last ten or so.</summary>
internal sealed class Pace
{
    private const double Weight = 0.1;

    /// <summary>Seconds to the first token; null where none was seen.</summary>
    public double? FirstToken { get; private set; }

    /// <summary>Tokens a second behind the first; null where none were seen.</summary>
    public double? TokensPerSecond { get; private set; }

    public void Observe(double? firstToken, double? tokensPerSecond)
    {
        FirstToken = Average(FirstToken, firstToken);
        TokensPerSecond = Average(TokensPerSecond, tokensPerSecond);
    }

    private static double? Average(double? known, double? seen) => seen is null ? known : known is null ? seen : known + ((seen - known) * Weight);
}
