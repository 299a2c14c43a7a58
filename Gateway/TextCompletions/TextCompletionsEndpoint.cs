using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Requests;

namespace CocoonOrleans.Gateway.TextCompletions;

/// <summary><c>POST /v1/completions</c>, as one document and as a stream.</summary>
public sealed class TextCompletionsEndpoint(RequestIntake intake, TextCompletionsReader reader, AnswerDelivery delivery)
{
    /// <summary>Answers the request.</summary>
    public Task<IResult> HandleAsync(HttpContext http) => intake.HandleAsync(http, reader, job => job.Stream
        ? delivery.StreamAsync(http, job, events => new TextCompletionStream(job, events), (answer, cost) => TextCompletionJson.Usage(job, answer, cost))
        : delivery.CollectAsync(http, job, (answer, collected, cost) => TextCompletionJson.Document(job, answer, collected, cost)));
}
