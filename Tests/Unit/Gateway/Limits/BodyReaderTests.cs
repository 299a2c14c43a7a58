using System.Text;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Limits;

public sealed class BodyReaderTests
{
    private const int MaxBytes = 10_000;

    private readonly FakeTimeProvider _time = new();
    private readonly BodyReader _reader;

    public BodyReaderTests() =>
        _reader = new BodyReader(Options.Create(new GatewayOptions { Limits = new LimitOptions { MaxBodyBytes = MaxBytes, BodyLimit = TimeSpan.FromSeconds(30) } }), _time);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    public async Task Read_Json_IsTheWholeBody(string type)
    {
        (byte[] body, ApiError? error) = await _reader.ReadAsync(Request(new MemoryStream("{}"u8.ToArray()), type));

        Assert.Null(error);
        Assert.Equal("{}", Encoding.UTF8.GetString(body));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("application/jsonp")]
    public async Task Read_OtherType_IsRefused(string? type)
    {
        (_, ApiError? error) = await _reader.ReadAsync(Request(new MemoryStream("{}"u8.ToArray()), type));

        Assert.Equal(ErrorKinds.UnsupportedMediaType, error?.Kind);
    }

    [Fact]
    public async Task Read_Compressed_IsRefused()
    {
        HttpContext http = Request(new MemoryStream([1]));
        http.Request.Headers.ContentEncoding = "gzip";

        Assert.Equal(ErrorKinds.UnsupportedMediaType, (await _reader.ReadAsync(http)).Error?.Kind);
    }

    [Theory]
    [InlineData(MaxBytes, false)]
    [InlineData(MaxBytes + 1, true)]
    [InlineData(10 * MaxBytes, true)]
    public async Task Read_LengthNotSaid_IsRefusedAboveTheLimit(int length, bool refused)
    {
        (byte[] body, ApiError? error) = await _reader.ReadAsync(Request(new MemoryStream(new byte[length])));

        Assert.Equal(refused ? ErrorKinds.RequestTooLarge : null, error?.Kind);
        Assert.Equal(refused ? 0 : length, body.Length);
    }

    [Fact]
    public async Task Read_LengthSaidAboveTheLimit_IsRefusedUnread()
    {
        var body = new MemoryStream(new byte[100]);
        HttpContext http = Request(body);
        http.Request.ContentLength = 100_000_000;

        Assert.Equal(ErrorKinds.RequestTooLarge, (await _reader.ReadAsync(http)).Error?.Kind);
        Assert.Equal(0, body.Position);
    }

    [Fact]
    public async Task Read_BodyStalls_IsRefusedAfterItsTime()
    {
        Task<(byte[] Body, ApiError? Error)> reading = _reader.ReadAsync(Request(new StalledStream()));

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(ErrorKinds.SlowUpload, (await reading.WaitAsync(TimeSpan.FromSeconds(10))).Error?.Kind);
    }

    private static HttpContext Request(Stream body, string? type = "application/json")
    {
        var http = new DefaultHttpContext();
        http.Request.Body = body;
        http.Request.ContentType = type;
        return http;
    }

    private sealed class StalledStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            return 0;
        }
    }
}
