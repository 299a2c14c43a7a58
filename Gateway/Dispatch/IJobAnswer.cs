namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>What becomes of a job's answer, whichever worker makes it.</summary>
public interface IJobAnswer
{
    /// <summary>Whether a part of the answer is out: from then on no other worker can take over.</summary>
    bool HasDelivered { get; }

    /// <summary>A worker begins: what another one left undelivered is forgotten.</summary>
    AnswerReader Begin();
}
