namespace CocoonOrleans.Grains.Workers;

/// <summary>Why a worker's grain gave no slot.</summary>
[GenerateSerializer, Alias("cocoon.LeaseRefusal")]
public enum LeaseRefusal
{
    /// <summary>It did.</summary>
    None,

    /// <summary>All slots are taken.</summary>
    Busy,

    /// <summary>The worker has no session.</summary>
    Offline,

    /// <summary>The gateway's session is not the newest.</summary>
    Fenced,

    /// <summary>The worker doesn't serve this model.</summary>
    UnknownModel,

    /// <summary>The worker finishes what it runs and takes no more.</summary>
    Draining,

    /// <summary>It failed several jobs in a row and rests.</summary>
    Parked,
}
