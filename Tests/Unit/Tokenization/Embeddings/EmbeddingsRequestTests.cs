using System.Text;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Embeddings;
using CocoonOrleans.Tokenization.Tokenizers;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tokenization.Embeddings;

public sealed class EmbeddingsRequestTests
{
    // A byte a token, and nothing around a text.
    private static readonly Tokenizer Bytes = Tokenizer.Load(Encoding.UTF8.GetBytes(SmallTokenizers.ByteLevelJson().ToJsonString()), Encoding.UTF8.GetBytes(SmallTokenizers.Config));

    [Theory]
    [InlineData(""" "abc" """, "3")]
    [InlineData(""" ["abc", "d"] """, "3 1")]
    [InlineData(""" [5, 6, 7] """, "3")]
    [InlineData(""" [[5, 6], [7], [8, 9, 10]] """, "2 1 3")]
    public void TryEncode_EachFormOfInput_HasItsTokens(string input, string lengths)
    {
        Assert.True(Read($$"""{"model": "m", "input": {{input}}}""", out EmbeddingsRequest? request, out _));

        Assert.True(request!.TryEncode(Bytes, 100, out int[][]? ids, out _));

        Assert.Equal(lengths, string.Join(' ', ids.Select(one => one.Length)));
        Assert.False(request.AsBase64);
        Assert.Null(request.Dimensions);
    }

    [Fact]
    public void TryEncode_IdsOfTheClient_AreTakenAsTheyAre()
    {
        Assert.True(Read("""{"model": "m", "input": [[5, 6], [7]], "encoding_format": "base64", "dimensions": 4, "user": "u"}""", out EmbeddingsRequest? request, out _));

        Assert.True(request!.TryEncode(Bytes, 100, out int[][]? ids, out _));

        Assert.Equal([[5, 6], [7]], ids);
        Assert.Equal((true, 4, "u"), (request.AsBase64, request.Dimensions, request.EndUser));
    }

    [Theory]
    [InlineData("""{"input": "a"}""", "model", "missing_required_parameter")]
    [InlineData("""{"model": "m"}""", "input", "missing_required_parameter")]
    [InlineData("""{"model": "m", "input": null}""", "input", "missing_required_parameter")]
    [InlineData("""{"model": "m", "input": 5}""", "input", "invalid_value")]
    [InlineData("""{"model": "m", "input": {}}""", "input", "invalid_value")]
    [InlineData("""{"model": "m", "input": ""}""", "input", "invalid_value")]
    [InlineData("""{"model": "m", "input": []}""", "input", "invalid_value")]
    [InlineData("""{"model": "m", "input": ["a", ""]}""", "input[1]", "invalid_value")]
    [InlineData("""{"model": "m", "input": ["a", 5]}""", "input[1]", "invalid_value")]
    [InlineData("""{"model": "m", "input": ["a", null]}""", "input[1]", "invalid_value")]
    [InlineData("""{"model": "m", "input": [5, "a"]}""", "input", "invalid_value")]
    [InlineData("""{"model": "m", "input": [-1]}""", "input", "invalid_value")]
    [InlineData("""{"model": "m", "input": [1.5]}""", "input", "invalid_value")]
    [InlineData("""{"model": "m", "input": [[5], []]}""", "input[1]", "invalid_value")]
    [InlineData("""{"model": "m", "input": [[5], ["a"]]}""", "input[1]", "invalid_value")]
    [InlineData("""{"model": "m", "input": "\ud800"}""", "input", "invalid_value")]
    [InlineData("""{"model": "m", "input": "a", "encoding_format": "hex"}""", "encoding_format", "invalid_value")]
    [InlineData("""{"model": "m", "input": "a", "dimensions": 0}""", "dimensions", "invalid_value")]
    [InlineData("""{"model": "m", "input": "a", "dimensions": "4"}""", "dimensions", "invalid_value")]
    [InlineData("""{"model": "m", "input": "a", "input": "b"}""", "input", "invalid_value")]
    [InlineData("""{"model": "m", "input": "a", "provider": {"zdr": true}}""", "provider.zdr", "unsupported_parameter")]
    [InlineData("""{"model": "m", "input": "a", "odd": 1, "provider": {"require_parameters": true}}""", "odd", "unsupported_parameter")]
    [InlineData("""{"model": "m", "input": "a", "timeout": 0}""", "timeout", "invalid_value")]
    [InlineData("""{"model": "m", "input": "a", "provider": {"deadline_ms": 0}}""", "provider.deadline_ms", "invalid_value")]
    [InlineData("[]", null, "invalid_value")]
    [InlineData("{", null, "invalid_value")]
    public void TryParse_BadField_IsNamed(string body, string? param, string code)
    {
        Assert.False(Read(body, out _, out ChatRequestError? error));

        Assert.Equal((param, code), (error!.Param, error.Code));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(""", "timeout": 2""", 2000)]
    [InlineData(""", "provider": {"deadline_ms": 1500}""", 1500)]
    [InlineData(""", "timeout": 2, "provider": {"deadline_ms": 1500}""", 1500)]
    [InlineData(""", "timeout": 1, "provider": {"deadline_ms": 1500}""", 1000)]
    public void TryParse_Deadlines_TheShorterOneStands(string fields, int? milliseconds)
    {
        Assert.True(Read($$"""{"model": "m", "input": "a"{{fields}}}""", out EmbeddingsRequest? request, out _));

        Assert.Equal(milliseconds, request!.TimeLimit?.TotalMilliseconds);
    }

    [Fact]
    public void TryParse_TooManyInputs_AreRefused()
    {
        string inputs = string.Join(',', Enumerable.Repeat("\"a\"", EmbeddingsRequest.MaximumInputs + 1));

        Assert.False(Read($$"""{"model": "m", "input": [{{inputs}}]}""", out _, out ChatRequestError? error));

        Assert.Equal("input", error!.Param);
    }

    [Theory]
    [InlineData(""" "abcd" """, "input", "context_length_exceeded")]
    [InlineData(""" ["abc", "abcd"] """, "input[1]", "context_length_exceeded")]
    [InlineData(""" [[1], [2], [1, 2, 3, 4]] """, "input[2]", "context_length_exceeded")]
    [InlineData(""" [[1], [2147483647]] """, "input[1]", "invalid_value")]
    [InlineData(""" [2147483647] """, "input", "invalid_value")]
    public void TryEncode_InputThatDoesNotFit_IsNamed(string input, string param, string code)
    {
        Assert.True(Read($$"""{"model": "m", "input": {{input}}}""", out EmbeddingsRequest? request, out _));

        Assert.False(request!.TryEncode(Bytes, contextTokens: 3, out _, out ChatRequestError? error));

        Assert.Equal((param, code), (error.Param, error.Code));
    }

    [Fact]
    public void TryEncode_MoreTokensThanARequestMayHave_AreRefused()
    {
        string text = new('a', 1000);
        Assert.True(Read($$"""{"model": "m", "input": [{{string.Join(',', Enumerable.Repeat($"\"{text}\"", 301))}}]}""", out EmbeddingsRequest? request, out _));

        Assert.False(request!.TryEncode(Bytes, contextTokens: 5000, out _, out ChatRequestError? error));

        Assert.Equal(("input", "invalid_value"), (error.Param, error.Code));
    }

    [Fact]
    public void TryParse_MutatedBody_GivesARequestOrAnError()
    {
        byte[] original = Encoding.UTF8.GetBytes("""{"model": "m", "input": [[5, 6], "abc", ["d"]], "encoding_format": "base64", "dimensions": 4, "user": "u", "provider": {"max_price": {"prompt": "5"}}}""");
        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                byte[] bytes = [.. original];
                foreach ((int place, byte value) in changes)
                {
                    bytes[place] = value;
                }

                return EmbeddingsRequest.TryParse(bytes, out EmbeddingsRequest? request, out ChatRequestError? error)
                    ? request.Inputs.Count > 0
                    : error.Message.Length > 0;
            },
            iter: 5_000);
    }

    private static bool Read(string body, out EmbeddingsRequest? request, out ChatRequestError? error) => EmbeddingsRequest.TryParse(Encoding.UTF8.GetBytes(body), out request, out error);
}
