using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Measuring;
using CocoonOrleans.Attestation.QuoteSources;

namespace CocoonOrleans.Tests.Attestation.Measuring;

/// <summary>RTMR3 in a file, with a kernel that a test plays.</summary>
public sealed class RuntimeRegisterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeRegister _kernel = new();
    private readonly string _file;

    public RuntimeRegisterTests() => File.WriteAllBytes(_file = _folder.File("rtmr3:sha384"), new byte[48]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Extend_Events_GiveWhatAnEventLogReplaysTo()
    {
        using var register = Register();

        await register.ExtendAsync("configuration", Encoding.UTF8.GetBytes("tree"));
        var last = await register.ExtendAsync("ready", default);

        Assert.True(EventLog.TryParse(
            Encoding.UTF8.GetBytes($$"""
                [{"imr":3,"event_type":{{RuntimeEvent.Cocoon}},"digest":"","event":"configuration","event_payload":"74726565"},
                 {"imr":3,"event_type":{{RuntimeEvent.Cocoon}},"digest":"","event":"ready","event_payload":""}]
                """),
            out var log,
            out var refusal),
            refusal?.ToString());
        Assert.Equal(log!.Replay()[3].ToArray(), last.Value.ToArray());
        Assert.Equal(last.Value.ToArray(), (await register.ReadAsync()).Value.ToArray());
        Assert.Equal([48, 48], _kernel.Writes);
    }

    [Fact]
    public async Task Extend_ManyAtOnce_AllAreMeasured()
    {
        using var register = Register();

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(index => register.ExtendAsync($"event {index}", default)));

        Assert.All(results, result => Assert.True(result.IsDone, result.Failure?.ToString()));
        Assert.Equal(16, results.Select(result => Convert.ToHexString(result.Value.Span)).Distinct().Count());
    }

    [Theory]
    [InlineData("no TDX", TeeFailureKind.Unsupported)]
    [InlineData("an old kernel's device", TeeFailureKind.Unsupported)]
    [InlineData("not root", TeeFailureKind.Denied)]
    [InlineData("the kernel says no", TeeFailureKind.Refused)]
    [InlineData("a register of another length", TeeFailureKind.Malformed)]
    [InlineData("a kernel that does nothing", TeeFailureKind.Malformed)]
    [InlineData("another process between", TeeFailureKind.Malformed)]
    public async Task Extend_Impossible_SaysWhatAndWhatToDo(string what, TeeFailureKind kind)
    {
        switch (what)
        {
            case "no TDX":
                File.Delete(_file);
                break;
            case "a register of another length":
                File.WriteAllBytes(_file, new byte[32]);
                break;
            default:
                _kernel.OnWrite = what switch
                {
                    "an old kernel's device" => () => throw new IOException("No such device", 19),
                    "not root" => () => throw new UnauthorizedAccessException("Permission denied"),
                    "the kernel says no" => () => throw new IOException("Input/output error", 5),
                    _ => () => { }
                    ,
                };
                _kernel.Extensions = what switch { "a kernel that does nothing" => 0, "another process between" => 2, _ => 1 };
                break;
        }

        using var register = Register();

        var result = await register.ExtendAsync("ready", default);

        Assert.False(result.IsDone);
        Assert.Equal(kind, result.Failure.Kind);
        Assert.NotEqual("", result.Failure.Remedy);
        Assert.True(result.Value.IsEmpty);
    }

    [Fact]
    public async Task Extend_NoTdx_NamesTheKernelThatIsNeeded()
    {
        using var register = new RuntimeRegister(new RuntimeRegisterOptions { File = _folder.File("absent") });

        Assert.Contains("6.16", (await register.ExtendAsync("ready", default)).Failure!.Remedy, StringComparison.Ordinal);
    }

    private RuntimeRegister Register() => new(new RuntimeRegisterOptions { File = _file }, _kernel);

    private sealed class FakeRegister : KernelFiles
    {
        public List<int> Writes { get; } = [];

        public Action OnWrite { get; set; } = () => { };

        public int Extensions { get; set; } = 1;

        public override void Write(string path, ReadOnlySpan<byte> bytes)
        {
            OnWrite();
            Writes.Add(bytes.Length);
            var value = Read(path, 48);
            for (var times = 0; times < Extensions; times++)
            {
                value = SHA384.HashData([.. value, .. bytes]);
            }

            base.Write(path, value);
        }
    }
}
