namespace CocoonOrleans.Cli.Registry;

/// <summary>An entry of a registry that can't be read, and so allows nothing.</summary>
/// <param name="Kind">image, model or gateway.</param>
/// <param name="Key">Its key.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record RegistryUnreadableResult(string Kind, string Key, string Reason);
