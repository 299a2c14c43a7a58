namespace CocoonOrleans.Inference.Scheduling;

/// <summary>Whoever shares the engine with others: its requests that wait, and what it was given so far.</summary>
internal sealed class Tenant
{
    /// <summary>Its requests that wait, in the order in which they came.</summary>
    public LinkedList<Native.Sequence> Waiting { get; } = [];

    /// <summary>Requests that wait or run.</summary>
    public int Active { get; set; }

    /// <summary>Tokens that were computed for it, lifted to the least of the others when it comes back.</summary>
    public long Served { get; set; }
}
