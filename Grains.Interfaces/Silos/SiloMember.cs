namespace CocoonOrleans.Grains.Silos;

/// <summary>A silo in the table of members.</summary>
/// <param name="Name">What it calls itself.</param>
/// <param name="Address">Its address, without a port.</param>
/// <param name="SiloPort">Its port for other silos.</param>
/// <param name="ClientPort">Its port for gateways; 0 where it takes none.</param>
/// <param name="Status">Orleans' word for where it stands: <c>Active</c>, <c>Joining</c>, <c>ShuttingDown</c>, <c>Dead</c> and others.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="LastAliveAt">When it last wrote that it is alive; it does so about each half minute.</param>
[GenerateSerializer, Immutable, Alias("cocoon.SiloMember")]
public sealed record SiloMember(
    [property: Id(0)] string Name,
    [property: Id(1)] string Address,
    [property: Id(2)] int SiloPort,
    [property: Id(3)] int ClientPort,
    [property: Id(4)] string Status,
    [property: Id(5)] DateTimeOffset StartedAt,
    [property: Id(6)] DateTimeOffset LastAliveAt)
{
    /// <summary>The status of a silo that serves.</summary>
    public const string Active = "Active";
}
