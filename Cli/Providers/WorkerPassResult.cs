namespace CocoonOrleans.Cli.Providers;

/// <summary>The JSON object of <c>cocoon worker pass</c>: the two settings of the worker.</summary>
/// <param name="ProviderId">The provider.</param>
/// <param name="WorkerId">The worker.</param>
/// <param name="Pass">The provider's signature, 128 hexadecimal digits.</param>
public sealed record WorkerPassResult(string ProviderId, string WorkerId, string Pass);
