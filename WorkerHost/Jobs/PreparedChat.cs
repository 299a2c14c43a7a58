using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tokenization.ToolCalls;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Models;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>A chat to answer.</summary>
/// <param name="Dispatch">The clear part.</param>
/// <param name="Model">The model.</param>
/// <param name="Generation">What the engine is asked.</param>
/// <param name="Parsers">Take the answers apart, one for each.</param>
/// <param name="IncludeUsage">Whether the client asked for usage in its stream.</param>
internal sealed record PreparedChat(JobDispatch Dispatch, ServedModel Model, GenerationRequest Generation, IReadOnlyList<AnswerParser> Parsers, bool IncludeUsage)
    : PreparedJob(Dispatch, Model, Generation.PromptIds.Length, JobErrors.Messages);
