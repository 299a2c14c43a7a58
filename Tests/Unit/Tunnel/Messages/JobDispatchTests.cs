using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Tunnel.Messages;

public sealed class JobDispatchTests
{
    [Fact]
    public void FromHeaders_OfToHeaders_IsTheSame()
    {
        JobDispatch dispatch = Samples.Dispatch() with { Model = "дом/house 1:q8" };
        var headers = dispatch.ToHeaders().ToDictionary();
        Assert.Equal(dispatch, JobDispatch.FromHeaders(name => headers.GetValueOrDefault(name)));
    }

    [Fact]
    public void FromHeaders_Embeddings_GenerateNothing()
    {
        JobDispatch dispatch = Samples.Dispatch() with { Kind = JobKind.Embeddings, MaxCompletionTokens = 0 };
        var headers = dispatch.ToHeaders().ToDictionary();
        Assert.Equal(dispatch, JobDispatch.FromHeaders(name => headers.GetValueOrDefault(name)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("chat")]
    [InlineData("Embeddings")]
    public void FromHeaders_KindThatThereIsNot_IsNamed(string kind)
    {
        var headers = Samples.Dispatch().ToHeaders().ToDictionary();
        headers[JobHeaders.Kind] = kind;
        var e = Assert.Throws<TunnelProtocolException>(() => JobDispatch.FromHeaders(name => headers.GetValueOrDefault(name)));
        Assert.StartsWith(JobHeaders.Kind, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromHeaders_AnyHeaderMissing_IsNamed()
    {
        var headers = Samples.Dispatch().ToHeaders().ToDictionary();
        foreach (string missing in headers.Keys)
        {
            var e = Assert.Throws<TunnelProtocolException>(() => JobDispatch.FromHeaders(name => name == missing ? null : headers.GetValueOrDefault(name)));
            Assert.StartsWith(missing, e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(JobHeaders.JobId, "../../etc/passwd")]
    [InlineData(JobHeaders.JobId, ".hidden")]
    [InlineData(JobHeaders.Lease, "a b")]
    [InlineData(JobHeaders.CompletionId, "\u00e4")]
    [InlineData(JobHeaders.Model, "a%0Ab")]
    [InlineData(JobHeaders.MaxCompletionTokens, "0")]
    [InlineData(JobHeaders.MaxCompletionTokens, "16777217")]
    [InlineData(JobHeaders.Created, "-1")]
    [InlineData(JobHeaders.Deadline, "99999999999999999")]
    [InlineData(JobHeaders.PricePrompt, "-5")]
    [InlineData(JobHeaders.PriceCached, "1.5")]
    [InlineData(JobHeaders.PriceCompletion, "9223372036854775808")]
    [InlineData(JobHeaders.Terms, "not base64url!")]
    public void FromHeaders_OutOfRange_IsNamed(string header, string value)
    {
        var headers = Samples.Dispatch().ToHeaders().ToDictionary();
        headers[header] = value;
        var e = Assert.Throws<TunnelProtocolException>(() => JobDispatch.FromHeaders(name => headers.GetValueOrDefault(name)));
        Assert.StartsWith(header, e.Message, StringComparison.Ordinal);
    }
}
