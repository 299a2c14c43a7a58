using CocoonOrleans.Sealing;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Models;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>A job whose payload was opened and understood: a <see cref="PreparedChat"/> or a <see cref="PreparedEmbeddings"/>.</summary>
/// <param name="Dispatch">The clear part.</param>
/// <param name="Model">The model.</param>
/// <param name="PromptTokens">Tokens that the model reads.</param>
/// <param name="InputParam">The field of the client's request that these come from.</param>
internal abstract record PreparedJob(JobDispatch Dispatch, ServedModel Model, int PromptTokens, string InputParam)
{
    /// <summary>Hash of the model's files.</summary>
    public Digest ModelManifest { get; } = new(Convert.FromHexString(Model.Loaded.ManifestSha256));
}
