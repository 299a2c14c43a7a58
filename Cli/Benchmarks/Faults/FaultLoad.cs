using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Diagnostics;

namespace CocoonOrleans.Cli.Benchmarks.Faults;

/// <summary>Clients that ask a network without a pause, half of them for streams, and accounts that are looked at without a pause; all that became of it is kept.</summary>
internal sealed class FaultLoad : IAsyncDisposable
{
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);

    private const string NoCode = "without a code";

    private readonly HttpClient _http;
    private readonly string _model;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Request> _requests = [];
    private readonly ConcurrentQueue<Request> _looks = [];
    private readonly Task _running;

    /// <summary>Begins.</summary>
    /// <param name="url">The gateway.</param>
    /// <param name="model">The model.</param>
    /// <param name="keys">A key of each account; the clients share them.</param>
    /// <param name="clients">How many clients.</param>
    public FaultLoad(Uri url, string model, IReadOnlyList<string> keys, int clients)
    {
        _model = model;
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = url, Timeout = LongestRequest };
        _running = Task.WhenAll(
        [
            .. Enumerable.Range(0, clients).Select(number => Task.Run(() => AskAsync(keys[number % keys.Count], number % 2 == 0))),
            .. keys.Select(key => Task.Run(() => LookAsync(key))),
        ]);
    }

    /// <summary>Now, as requests count it: milliseconds of a clock of this process.</summary>
    public static double Now => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    /// <summary>The requests for an answer that have ended.</summary>
    public IReadOnlyCollection<Request> Requests => _requests;

    /// <summary>The looks at accounts that have ended.</summary>
    public IReadOnlyCollection<Request> Looks => _looks;

    /// <summary>Ends the load: what runs is waited for.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task AskAsync(string key, bool streams)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = JsonContent.Create(new { model = _model, stream = streams, max_tokens = 16, messages = new[] { new { role = "user", content = "What is it?" } } }),
            };
            await KeepAsync(_requests, key, message, text => !streams || text.Contains("data: [DONE]", StringComparison.Ordinal));
        }
    }

    private async Task LookAsync(string key)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, "/v1/key");
            await KeepAsync(_looks, key, message, _ => true);
            await Task.Delay(LookPause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task KeepAsync(ConcurrentQueue<Request> kept, string key, HttpRequestMessage message, Func<string, bool> isComplete)
    {
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var start = Now;
        string? failure;
        try
        {
            using var response = await _http.SendAsync(message);
            var text = await response.Content.ReadAsStringAsync();
            failure = !response.IsSuccessStatusCode ? $"{(int)response.StatusCode} {CodeIn(text)}"
                : text.Contains("\"error\"", StringComparison.Ordinal) ? $"in the stream: {CodeIn(text)}"
                : isComplete(text) ? null : "incomplete";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            failure = exception.GetType().Name;
        }

        kept.Enqueue(new Request(key, start, Now, failure));
    }

    private static string CodeIn(string text)
    {
        const string Mark = "\"code\":\"";
        var start = text.IndexOf(Mark, StringComparison.Ordinal);
        return start < 0 ? NoCode : text[(start + Mark.Length)..text.IndexOf('"', start + Mark.Length)];
    }

    /// <summary>One request.</summary>
    /// <param name="Key">Whose.</param>
    /// <param name="Start">When it was sent, in milliseconds.</param>
    /// <param name="End">When it had ended.</param>
    /// <param name="Failure">What went wrong; null where nothing did.</param>
    public sealed record Request(string Key, double Start, double End, string? Failure)
    {
        /// <summary>How long it took, in milliseconds.</summary>
        public double Took => End - Start;

        /// <summary>Whether it has its whole answer, or an error that says what it is.</summary>
        public bool IsTold => Failure is null || (char.IsAsciiDigit(Failure[0]) && !Failure.EndsWith(NoCode, StringComparison.Ordinal)) || Failure.StartsWith("in the stream: ", StringComparison.Ordinal);
    }
}
