namespace CocoonOrleans.Sealing.Models;

/// <summary>One of the brokers that hold shares of a model's key.</summary>
/// <param name="Address">Where it answers: an http or https URL of at most 256 characters that ends with a slash.</param>
/// <param name="ShareHash">The hash of its share.</param>
public sealed record ModelBroker(string Address, Digest ShareHash)
{
    internal const int MostCharacters = 256;

    /// <summary>Whether a text is an address of a broker.</summary>
    public static bool IsAddress(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Length <= MostCharacters
            && Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && address.EndsWith('/')
            && uri.Query.Length == 0
            && uri.Fragment.Length == 0
            && uri.UserInfo.Length == 0
            && !address.Any(char.IsControl);
    }
}
