using System.IO.Pipelines;
using System.Text;
using CocoonOrleans.Gateway.Chat;

namespace CocoonOrleans.Tests.Unit.Gateway.Chat;

public sealed class SseWriterTests
{
    private readonly Pipe _pipe = new();

    [Fact]
    public async Task WriteData_Line_IsOneEvent()
    {
        await new SseWriter(_pipe.Writer).WriteDataAsync("""{"a":"é"}"""u8);

        Assert.Equal("data: {\"a\":\"é\"}\n\n", await WrittenAsync());
    }

    [Fact]
    public async Task WriteDone_Always_IsOpenAisLastEvent()
    {
        await new SseWriter(_pipe.Writer).WriteDataAsync(SseWriter.Done);

        Assert.Equal("data: [DONE]\n\n", await WrittenAsync());
    }

    [Fact]
    public async Task WriteKeepAlive_Always_IsAComment()
    {
        await new SseWriter(_pipe.Writer).WriteKeepAliveAsync();

        Assert.Equal(": keep-alive\n\n", await WrittenAsync());
    }

    [Fact]
    public async Task WriteData_EachCall_IsFlushed()
    {
        await new SseWriter(_pipe.Writer).WriteDataAsync("1"u8);

        Assert.True(_pipe.Reader.TryRead(out ReadResult result));
        Assert.Equal(9, result.Buffer.Length);
    }

    [Fact]
    public async Task WriteData_ReaderIsGone_SaysSo()
    {
        await _pipe.Reader.CompleteAsync();

        Assert.False(await new SseWriter(_pipe.Writer).WriteDataAsync("1"u8));
    }

    private async Task<string> WrittenAsync()
    {
        await _pipe.Writer.CompleteAsync();
        using var text = new StreamReader(_pipe.Reader.AsStream(), Encoding.UTF8);
        return await text.ReadToEndAsync();
    }
}
