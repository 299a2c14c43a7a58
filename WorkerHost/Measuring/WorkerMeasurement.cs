using System.Formats.Cbor;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Measuring;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Sealing;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Sealing;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Measuring;

/// <summary>
/// Measures into RTMR3 what this worker is, before anything is loaded and before any quote: its configuration, who sees the plaintext, the models that it may serve, and that nothing more comes. It starts before the models do, since
/// the key of an encrypted model is released to a quote. What was measured stays until the TD ends: a worker that is started again in it goes on only if it measures the same.
/// </summary>
public sealed partial class WorkerMeasurement : IHostedService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly QuoteOptions? _quotes;
    private readonly IRuntimeRegister? _register;
    private readonly (string Name, byte[] Payload)[] _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="configuration">Where the section of the worker's settings is.</param>
    /// <param name="options">The settings.</param>
    /// <param name="registers">The register of this TD; null where nothing is measured.</param>
    /// <param name="time">For pauses.</param>
    /// <param name="logger">Hears what was measured.</param>
    public WorkerMeasurement(IConfiguration configuration, IOptions<WorkerOptions> options, MeasuringRegister registers, TimeProvider time, ILogger<WorkerMeasurement> logger)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(registers);
        _quotes = options.Value.Quotes;
        _register = registers.Register;
        _events = _register is null ? [] :
        [
            (RuntimeEvent.ConfigurationName, ConfigurationDigest(configuration.GetSection(WorkerOptions.Section))),
            (RuntimeEvent.EngineName, MeasuredEngine.Encode(options.Value)),
            (RuntimeEvent.ModelsName, MeasuredModels.Encode([.. options.Value.Models.Select(model => new Digest(Convert.FromHexString(model.ManifestSha256!))).Distinct()])),
            (RuntimeEvent.ReadyName, []),
        ];
        (_time, _logger) = (time, logger);
    }

    /// <summary>The event log that goes beside each quote: the firmware's, and behind it what the worker measured; null where there is neither.</summary>
    public byte[]? EventLog { get; private set; }

    /// <summary>Reads the firmware's log and measures. A register that can't be reached is asked again, ever more slowly.</summary>
    /// <exception cref="IOException">The log can't be read, or the register holds what this worker did not measure: the TD must be started again.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_quotes?.EventLogPath is { } path)
        {
            EventLog = await ReadLogAsync(path, cancellationToken);
        }

        TimeSpan pause = FirstPause;
        while (_register is not null && await MeasureAsync(_register, cancellationToken) is { } failure)
        {
            if (failure.Kind is not (TeeFailureKind.Unreachable or TeeFailureKind.TimedOut))
            {
                throw new IOException($"What this worker is was not measured. {failure}");
            }

            LogNotMeasured(failure.ToString(), pause.TotalSeconds);
            await Task.Delay(pause, _time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>SHA-256 of the settings (docs/protocol.md): only its hash leaves the machine, since settings may say what is nobody's business.</summary>
    internal static byte[] ConfigurationDigest(IConfigurationSection section)
    {
        (string Key, string Value)[] settings =
        [
            .. section.AsEnumerable(makePathsRelative: true).Where(setting => setting.Value is not null).Select(setting => (setting.Key.ToLowerInvariant(), setting.Value!)).OrderBy(setting => setting.Item1, StringComparer.Ordinal),
        ];
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(settings.Length);
        foreach (var (key, value) in settings)
        {
            writer.WriteStartArray(2);
            writer.WriteTextString(key);
            writer.WriteTextString(value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        return SHA256.HashData(writer.Encode());
    }

    private async Task<byte[]> ReadLogAsync(string path, CancellationToken cancellationToken)
    {
        byte[] table;
        try
        {
            await using FileStream file = File.OpenRead(path);
            using var content = new MemoryStream();
            await file.CopyToAsync(content, cancellationToken);
            table = content.ToArray();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"Worker:Quotes:EventLogFile, {path}, can't be read: {e.Message}", e);
        }

        if (!CcelWriter.TryContinue(table, out CcelWriter? log, out var refusal))
        {
            throw new IOException($"Worker:Quotes:EventLogFile, {path}, holds no event log of a TD: {refusal}");
        }

        foreach (var (name, payload) in _events)
        {
            log!.AddRuntime(name, payload);
        }

        byte[] bytes = log!.ToArray();
        return bytes.Length <= VouchedStatement.MaxEventLogBytes
            ? bytes
            : throw new IOException($"The event log of {path} has {bytes.Length} bytes with what the worker measured; gateways take {VouchedStatement.MaxEventLogBytes}.");
    }

    /// <summary>Extends the register by what it lacks: it may have been asked before, and not have been heard.</summary>
    private async Task<TeeFailure?> MeasureAsync(IRuntimeRegister register, CancellationToken cancellationToken)
    {
        RegisterResult held = await register.ReadAsync(cancellationToken);
        if (!held.IsDone)
        {
            return held.Failure;
        }

        int done = FindPlace(held.Value.Span);
        if (done < 0)
        {
            return new TeeFailure(
                TeeFailureKind.Malformed,
                $"RTMR3 holds {Convert.ToHexStringLower(held.Value.Span)}, which is nothing that this worker measures with these settings.",
                "Start the TD again: what a register holds can't be taken back. Let nothing else measure into it.");
        }

        foreach (var (name, payload) in _events.Skip(done))
        {
            RegisterResult extended = await register.ExtendAsync(name, payload, cancellationToken);
            if (!extended.IsDone)
            {
                return extended.Failure;
            }

            LogMeasured(name, Convert.ToHexStringLower(payload));
        }

        return null;
    }

    /// <returns>How many of the events the register has; -1 where it has others.</returns>
    private int FindPlace(ReadOnlySpan<byte> held)
    {
        byte[] register = new byte[held.Length];
        for (int done = 0; ; done++)
        {
            if (held.SequenceEqual(register))
            {
                return done;
            }

            if (done == _events.Length)
            {
                return -1;
            }

            register = SHA384.HashData([.. register, .. RuntimeEvent.Digest(RuntimeEvent.Cocoon, _events[done].Name, _events[done].Payload)!]);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Measured into RTMR3: {Name} {Payload}")]
    private partial void LogMeasured(string name, string payload);

    [LoggerMessage(Level = LogLevel.Error, Message = "What this worker is can't be measured, and so it can't start; trying again in {Seconds:F0} s. {Reason}")]
    private partial void LogNotMeasured(string reason, double seconds);
}
