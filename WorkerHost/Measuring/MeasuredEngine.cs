using System.Text;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.WorkerHost.Hosting;

namespace CocoonOrleans.WorkerHost.Measuring;

/// <summary>
/// The payload of the event <c>engine</c>: who sees prompts and answers in the clear, in words that an image's publisher can fix beforehand. The digest of all settings can't be fixed by anybody,
/// since it differs from worker to worker.
/// </summary>
internal static class MeasuredEngine
{
    /// <summary>What these settings let see the plaintext: ASCII (docs/protocol.md, "Events of RTMR3").</summary>
    public static byte[] Encode(WorkerOptions options) => Encoding.ASCII.GetBytes(options.Engine switch
    {
        EngineKind.Native => "engine=native",
        EngineKind.Scripted => "engine=scripted",
        EngineKind.Upstream => options.Models.Exists(static model => model.Upstream is { AllowRemote: true }) ? "engine=upstream;plaintext=remote" : "engine=upstream;plaintext=loopback",
        _ => throw new ArgumentException($"{options.Engine} is no engine that can be measured.", nameof(options)),
    });
}
