using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Models;
using CocoonOrleans.WorkerHost.Offers;
using CocoonOrleans.WorkerHost.Receipts;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>Decides by the clear part of a job whether the worker takes it, and counts those it took. Thread-safe.</summary>
public sealed class JobGate(ServedModels models, ReceiptStore receipts, StandingOffers offers, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JobPlace> _running = [];
    private bool _draining;

    /// <summary>Jobs that were taken and have not ended.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Jobs that would be taken now.</summary>
    public int FreeSlots
    {
        get
        {
            lock (_lock)
            {
                return _draining ? 0 : models.All.Sum(model => model.Slots) - _running.Count;
            }
        }
    }

    /// <summary>Whether nothing new is taken.</summary>
    public bool IsDraining
    {
        get
        {
            lock (_lock)
            {
                return _draining;
            }
        }
    }

    /// <summary>Takes nothing new from now on.</summary>
    public void Drain()
    {
        lock (_lock)
        {
            _draining = true;
        }
    }

    /// <summary>Takes a job, or says why not.</summary>
    /// <param name="dispatch">Its clear part.</param>
    /// <param name="place">The job's place, to be disposed when it has ended; null where it is refused.</param>
    /// <returns>Null where it is taken.</returns>
    public JobRefusal? TryEnter(JobDispatch dispatch, out JobPlace? place)
    {
        ArgumentNullException.ThrowIfNull(dispatch);
        place = null;
        if (models.Find(dispatch.Model) is not { } model)
        {
            return new JobRefusal(JobErrorCodes.ModelNotServed, "This worker does not serve that model.", Retryable: true);
        }

        if (dispatch.Deadline <= time.GetUtcNow())
        {
            return new JobRefusal(JobErrorCodes.LeaseExpired, "The job's lease has ended already.", Retryable: true);
        }

        if (!dispatch.Prices.Covers(offers.LowestAsk(model)))
        {
            return new JobRefusal(JobErrorCodes.PriceTooLow, "The job pays less than this worker asks for.", Retryable: true);
        }

        if (receipts.Count >= ReceiptStore.MaxReceipts)
        {
            return new JobRefusal(JobErrorCodes.ReceiptBacklog, "Too many of this worker's receipts wait for an acknowledgement.", Retryable: true);
        }

        lock (_lock)
        {
            if (_draining)
            {
                return new JobRefusal(JobErrorCodes.Draining, "This worker is about to leave.", Retryable: true);
            }

            if (_running.ContainsKey(dispatch.JobId))
            {
                return new JobRefusal(JobErrorCodes.DuplicateJob, "This job runs here already.", Retryable: false);
            }

            if (_running.Values.Count(running => running.Model == model) >= model.Slots)
            {
                return new JobRefusal(JobErrorCodes.NoFreeSlot, $"All {model.Slots} slots of this model are taken.", Retryable: true);
            }

            place = new JobPlace(this, dispatch, model);
            _running.Add(dispatch.JobId, place);
            return null;
        }
    }

    internal void Leave(JobPlace place)
    {
        lock (_lock)
        {
            _running.Remove(place.Dispatch.JobId);
        }
    }
}
