using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Requests;

namespace CocoonOrleans.Gateway.Chat;

/// <summary><c>POST /v1/chat/completions</c>, as one document and as a stream.</summary>
public sealed class ChatCompletionsEndpoint(RequestIntake intake, ChatReader reader, AnswerDelivery delivery)
{
    /// <summary>Answers the request.</summary>
    public Task<IResult> HandleAsync(HttpContext http) => intake.HandleAsync(http, reader, job => job.Stream
        ? delivery.StreamAsync(http, job, static events => events, (answer, cost) => ChunkWriting.Usage(job, answer, cost))
        : delivery.CollectAsync(http, job, (answer, collected, cost) => AnswerJson.Completion(job, answer, collected, cost)));
}
