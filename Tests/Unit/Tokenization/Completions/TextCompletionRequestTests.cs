using System.Text;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Completions;

namespace CocoonOrleans.Tests.Unit.Tokenization.Completions;

public sealed class TextCompletionRequestTests
{
    [Theory]
    [InlineData("\"a text\"", "a text", null)]
    [InlineData("[\"a text\"]", "a text", null)]
    [InlineData("[3,4]", null, "3,4")]
    [InlineData("[[3,4]]", null, "3,4")]
    public void TryParse_EveryWayToSayOnePrompt_IsThatPrompt(string prompt, string? text, string? ids)
    {
        ChatCompletionRequest chat = Chat($$"""{"model":"m","prompt":{{prompt}},"logprobs":0,"seed":7}""");

        Assert.Equal((text, ids), (chat.Prompt!.Text, chat.Prompt.Ids is null ? null : string.Join(',', chat.Prompt.Ids)));
        Assert.Equal((16, 0, 7L), (chat.MaxCompletionTokens, chat.TopLogprobs, chat.Seed));
        Assert.Empty(chat.Messages);
    }

    [Theory]
    [InlineData("""{"model":"m","prompt":["a","b"]}""", "prompt")]
    [InlineData("""{"model":"m"}""", "prompt")]
    [InlineData("""{"prompt":"a"}""", "model")]
    [InlineData("""{"model":"m","prompt":"a","echo":true}""", "echo")]
    [InlineData("""{"model":"m","prompt":"a","n":2,"best_of":3}""", "best_of")]
    public void TryParse_WhatIsNotSupported_IsRefusedByName(string body, string param)
    {
        Assert.False(TextCompletionRequest.TryParse(Encoding.UTF8.GetBytes(body), out _, out ChatRequestError? error));

        Assert.Equal(param, error.Param);
    }

    private static ChatCompletionRequest Chat(string body)
    {
        Assert.True(TextCompletionRequest.TryParse(Encoding.UTF8.GetBytes(body), out TextCompletionRequest? request, out ChatRequestError? error), error?.Message);
        Assert.True(ChatCompletionRequest.TryParse(request.Chat, out ChatCompletionRequest? chat, out error), error?.Message);
        return chat;
    }
}
