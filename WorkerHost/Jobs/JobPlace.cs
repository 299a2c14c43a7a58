using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Models;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>A job that the worker took; disposing it gives its slot back.</summary>
public sealed class JobPlace : IDisposable
{
    private readonly JobGate _gate;

    internal JobPlace(JobGate gate, JobDispatch dispatch, ServedModel model) => (_gate, Dispatch, Model) = (gate, dispatch, model);

    /// <summary>The job's clear part.</summary>
    public JobDispatch Dispatch { get; }

    /// <summary>The model that it runs on.</summary>
    public ServedModel Model { get; }

    /// <inheritdoc/>
    public void Dispose() => _gate.Leave(this);
}
