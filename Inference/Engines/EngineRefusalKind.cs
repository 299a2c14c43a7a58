namespace CocoonOrleans.Inference.Engines;

/// <summary>Why an engine refuses a request.</summary>
public enum EngineRefusalKind
{
    /// <summary>No such model is loaded.</summary>
    UnknownModel,

    /// <summary>The model is for something else: it makes embeddings, or it generates.</summary>
    OtherTask,

    /// <summary>The prompt leaves no room for an answer, or an input is longer than the context.</summary>
    ContextTooLong,

    /// <summary>As many requests wait as may wait: try again later.</summary>
    QueueFull,

    /// <summary>A member of the request has a value that makes no sense.</summary>
    InvalidOption,

    /// <summary>The deadline passed before the answer began.</summary>
    DeadlinePassed,

    /// <summary>The deadline would pass before the answer could begin: by the queue and the speed measured, another worker may be sooner.</summary>
    DeadlineTooShort,

    /// <summary>The engine is stopping, or a fault took it out of service: try another worker.</summary>
    OutOfService,

    /// <summary>This kind of engine does no such thing.</summary>
    NotSupported,
}
