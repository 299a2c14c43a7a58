namespace CocoonOrleans.Benchmarks.Market;

/// <summary>How a job finds its seller, and what it pays.</summary>
internal enum SimulationRule
{
    /// <summary>COCOON's: of all under the buyer's cap the one with the least running work, ties to the lowest number; its ask is paid.</summary>
    LeastLoaded,

    /// <summary>At random, weighted by the inverse square of the ask; the ask is paid.</summary>
    InverseSquare,

    /// <summary>The lowest ask; it is paid.</summary>
    FirstPrice,

    /// <summary>The lowest score; the runner-up's is paid, up to the buyer's cap.</summary>
    SecondScore,

    /// <summary>The same up to a reserve of 2: what this project's gateway does.</summary>
    SecondScoreReserve,
}
