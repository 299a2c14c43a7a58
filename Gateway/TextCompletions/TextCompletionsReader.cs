using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Completions;

namespace CocoonOrleans.Gateway.TextCompletions;

/// <summary>Understands completions of a text, which workers get as chat requests with a <c>prompt</c>.</summary>
public sealed class TextCompletionsReader(ModelCatalog catalog, ChatModels chatModels, ChatReader chats) : JobReader<ChatJob>(catalog, chatModels)
{
    /// <inheritdoc/>
    public override ChatJob? Read(JobIntake intake, out ApiError? error)
    {
        ArgumentNullException.ThrowIfNull(intake);
        if (!TextCompletionRequest.TryParse(intake.Body, out TextCompletionRequest? request, out ChatRequestError? fault))
        {
            error = Refused(fault);
            return null;
        }

        if (intake.IsStrict && request.IgnoredParameters is [string ignored, ..])
        {
            error = Unknown(ignored);
            return null;
        }

        ChatJob? job = chats.Read(intake with { Body = request.Chat.ToArray() }, out error);
        error = error is null ? null : error with { Param = TextCompletionRequest.ParamOf(error.Param) };
        return job;
    }
}
