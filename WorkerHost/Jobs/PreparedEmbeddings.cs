using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Models;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>Texts to make vectors of.</summary>
/// <param name="Dispatch">The clear part.</param>
/// <param name="Model">The model.</param>
/// <param name="Inputs">The inputs as token ids.</param>
/// <param name="Tenant">Whose request it is; null where nothing may be shared.</param>
/// <param name="Dimensions">Numbers of each vector; null for all that the model has.</param>
internal sealed record PreparedEmbeddings(JobDispatch Dispatch, ServedModel Model, IReadOnlyList<int[]> Inputs, string? Tenant, int? Dimensions)
    : PreparedJob(Dispatch, Model, Inputs.Sum(input => input.Length), JobErrors.Input);
