namespace CocoonOrleans.Attestation.Simulated.Hosting;

/// <summary>Keeps simulation out of production: the issuer does not start there.</summary>
internal static class ProductionGuard
{
    private static readonly string[] Variables = ["DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT"];

    /// <summary>Why it must not start; null where it may.</summary>
    /// <param name="environment">The environment that the host runs in; without one of the variables that is Production.</param>
    /// <param name="variable">Reads an environment variable: either of two could say Production, and the host listens to one.</param>
    public static string? Refusal(string environment, Func<string, string?> variable) =>
        Variables.Select(variable).Append(environment).Any(name => string.Equals(name, Environments.Production, StringComparison.OrdinalIgnoreCase))
            ? "This is a simulation: whatever it vouches for is not confidential. It does not start in Production, which is the environment where none is named. Set DOTNET_ENVIRONMENT=Development to develop with it."
            : null;
}
