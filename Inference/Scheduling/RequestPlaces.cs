namespace CocoonOrleans.Inference.Scheduling;

/// <summary>How many of what one request asks for, its answers or its inputs, have a place. For one thread.</summary>
internal sealed class RequestPlaces
{
    /// <summary>The number.</summary>
    public int Taken { get; set; }
}
