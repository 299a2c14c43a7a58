using System.Text;
using CocoonOrleans.Gateway.Dispatch;

namespace CocoonOrleans.Tests.Unit.Gateway.Dispatch;

public sealed class EventSplitterTests
{
    private readonly EventSplitter _splitter = new();
    private readonly List<string> _events = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Take_CutAnywhere_GivesTheSameEvents(int size)
    {
        Assert.Null(await TakeAsync("data: one\n\ndata: \n\ndata: {\"three\":3}\n\ndata: fo", size));

        Assert.Equal(["one", "", "{\"three\":3}"], _events);
    }

    [Theory]
    [InlineData("event: x\n\n")]
    [InlineData("data:x\n\n")]
    [InlineData("\n\n")]
    [InlineData("data: one\n\n: a comment\n\n")]
    public async Task Take_NoLineOfData_IsAFault(string text) => Assert.Equal("no_event", await TakeAsync(text, 1000));

    [Fact]
    public async Task Take_EventWithoutEnd_IsAFaultOnceItIsTooLong()
    {
        Assert.Null(await TakeAsync(new string('x', EventSplitter.MaxEventBytes), 1000));
        Assert.Equal("event_too_long", await TakeAsync("x", 1));
    }

    [Fact]
    public async Task Take_FaultOfAnEvent_EndsIt()
    {
        var taken = 0;

        Assert.Equal("bad", await _splitter.TakeAsync(Encoding.UTF8.GetBytes("data: 1\n\ndata: 2\n\n"), _ =>
        {
            taken++;
            return ValueTask.FromResult<string?>("bad");
        }));

        Assert.Equal(1, taken);
    }

    private async Task<string?> TakeAsync(string text, int size)
    {
        foreach (byte[] piece in Encoding.UTF8.GetBytes(text).Chunk(size))
        {
            string? fault = await _splitter.TakeAsync(piece, data =>
            {
                _events.Add(Encoding.UTF8.GetString(data.Span));
                return ValueTask.FromResult<string?>(null);
            });
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }
}
