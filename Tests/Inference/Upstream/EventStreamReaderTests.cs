using System.Text;
using CocoonOrleans.Inference.Upstream;

namespace CocoonOrleans.Tests.Inference.Upstream;

public sealed class EventStreamReaderTests
{
    private const int Largest = 256;

    public static TheoryData<string, string[]> Streams => new()
    {
        { "", [] },
        { "data: a\n\n", ["a"] },
        { "data:a\n\ndata:  b\n\n", ["a", " b"] },
        { "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"] },
        { "data: a\ndata: b\n\n", ["a\nb"] },
        { "data: \n\n", [""] },
        { "data: a\n", [] },
        { "data: a", [] },
        { ": hello\n\n\n\nevent: x\nid: 7\nretry: 1\ndata: a\nother\n\n", ["a"] },
        { "event: x\n\ndata: a\n\n", ["a"] },
        { "dat: a\n\nxdata: b\n\ndata: c\n\n", ["c"] },
        { $"data: {new string('x', Largest)}\n\n", [new string('x', Largest)] },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Stream_InPiecesOfAnySize_GivesTheSameEvents(string stream, string[] expected)
    {
        foreach (var piece in (int[])[1, 2, 3, 7, 4096])
        {
            Assert.Equal(expected, await ReadAsync(Encoding.UTF8.GetBytes(stream), piece));
        }
    }

    [Fact]
    public async Task Event_OneByteTooLarge_IsAFault()
    {
        foreach (var stream in (string[])[$"data: {new string('x', Largest + 1)}\n\n", $"data: {new string('x', Largest)}\ndata: x\n\n", new string('x', Largest + 17)])
        {
            foreach (var piece in (int[])[1, 4096])
            {
                var error = await Assert.ThrowsAsync<UpstreamFaultException>(() => ReadAsync(Encoding.UTF8.GetBytes(stream), piece));
                Assert.Equal(UpstreamFault.Broken, error.Fault);
            }
        }
    }

    [Fact]
    public async Task RandomBytes_GiveEventsOrAFault_AndNothingElse()
    {
        var random = new Random(20260101);
        var parts = (string[])["data: ", "data:", "data", "\n", "\n\n", "\r\n", ":", "x", new string('y', 100), "\u00e9"];
        for (var i = 0; i < 2000; i++)
        {
            byte[] bytes = random.Next(2) == 0
                ? [.. Enumerable.Range(0, random.Next(400)).Select(_ => (byte)random.Next(256))]
                : Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => parts[random.Next(parts.Length)])));
            var whole = await OutcomeAsync(bytes, bytes.Length + 1);
            Assert.Equal(whole, await OutcomeAsync(bytes, 1 + random.Next(9)));
        }
    }

    private static async Task<string> OutcomeAsync(byte[] bytes, int piece)
    {
        try
        {
            return string.Join('|', await ReadAsync(bytes, piece));
        }
        catch (UpstreamFaultException e)
        {
            return e.Message;
        }
    }

    private static async Task<List<string>> ReadAsync(byte[] bytes, int piece)
    {
        await using var reader = new EventStreamReader(new Pieces(bytes, piece), Largest);
        var events = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is { } data)
        {
            events.Add(Encoding.Latin1.GetString(data.Span) is var text && Encoding.UTF8.GetString(data.Span) is var utf8 && utf8.Contains('\uFFFD') ? text : utf8);
        }

        return events;
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
