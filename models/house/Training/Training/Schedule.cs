namespace CocoonOrleans.HouseModel.Training;

/// <summary>
/// The learning rate by step: a short warm-up, then constant, then down to a fiftieth along half a cosine over the last steps. Never by the clock.
/// The constant part doesn't depend on the length, so a run may be stopped early: its checkpoint goes on exactly as a shorter run would have.
/// </summary>
/// <param name="Peak">Highest rate.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="DecaySteps">Steps at the end over which the rate falls.</param>
public sealed record Schedule(double Peak, long Steps, long DecaySteps)
{
    /// <summary>Steps over which the rate rises.</summary>
    public const int WarmUpSteps = 300;

    private const double Lowest = 0.02;

    /// <summary>The rate of a step, from 0.</summary>
    public double this[long step]
    {
        get
        {
            var decayed = Math.Max(0, step - (Steps - DecaySteps)) / (double)Math.Max(1, DecaySteps);
            return Peak * Math.Min(1, (step + 1) / (double)WarmUpSteps) * (Lowest + ((1 - Lowest) * 0.5 * (1 + Math.Cos(Math.PI * decayed))));
        }
    }
}
