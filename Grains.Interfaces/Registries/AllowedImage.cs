namespace CocoonOrleans.Grains.Registries;

/// <summary>An image that workers may run.</summary>
/// <param name="Id">Its id, 64 lower-case hex digits.</param>
/// <param name="ValidFrom">From when; inclusive.</param>
/// <param name="ValidUntil">Until when; inclusive.</param>
[GenerateSerializer, Alias("cocoon.AllowedImage")]
public sealed record AllowedImage([property: Id(0)] string Id, [property: Id(1)] DateTimeOffset ValidFrom, [property: Id(2)] DateTimeOffset ValidUntil);
