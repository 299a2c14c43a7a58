using System.Collections.Frozen;

namespace CocoonOrleans.KeyBroker.Problems;

/// <summary>Why a broker refuses, beside the codes of evidence (<see cref="Attestation.Refusals.RefusalCodes"/>), which come with status 403. docs/key-brokers.md lists them.</summary>
public static class ProblemCodes
{
    /// <summary>The request does not have the form of this version of the protocol.</summary>
    public const string Malformed = "request.malformed";

    /// <summary>The request is larger than any good one.</summary>
    public const string TooLarge = "request.too_large";

    /// <summary>There is nothing at this path.</summary>
    public const string UnknownUrl = "request.unknown_url";

    /// <summary>Too many requests.</summary>
    public const string RateLimited = "rate.limited";

    /// <summary>Too many nonces are out.</summary>
    public const string Busy = "nonce.busy";

    /// <summary>The nonce is none of this broker's, was used, or has expired.</summary>
    public const string NonceUnknown = "nonce.unknown";

    /// <summary>The nonce is not under the statement's root.</summary>
    public const string NonceProof = "nonce.proof";

    /// <summary>The broker holds no share of the model's key.</summary>
    public const string ModelUnknown = "model.unknown";

    /// <summary>The statement asks for another model, or for several.</summary>
    public const string ModelStatement = "model.statement";

    /// <summary>The statement has no key that a share can be sealed to.</summary>
    public const string KeyUnusable = "key.unusable";

    /// <summary>The release can't be written down, so it doesn't happen.</summary>
    public const string LogUnavailable = "log.unavailable";

    /// <summary>The broker failed.</summary>
    public const string Fault = "broker.fault";

    /// <summary>Each code's status and title.</summary>
    internal static FrozenDictionary<string, (int Status, string Title)> All { get; } = new Dictionary<string, (int, string)>
    {
        [Malformed] = (StatusCodes.Status400BadRequest, "The request is malformed"),
        [TooLarge] = (StatusCodes.Status413PayloadTooLarge, "The request is too large"),
        [UnknownUrl] = (StatusCodes.Status404NotFound, "There is nothing at this path"),
        [RateLimited] = (StatusCodes.Status429TooManyRequests, "Too many requests"),
        [Busy] = (StatusCodes.Status503ServiceUnavailable, "Too many nonces are out"),
        [NonceUnknown] = (StatusCodes.Status403Forbidden, "The nonce is not good"),
        [NonceProof] = (StatusCodes.Status403Forbidden, "The nonce is not the statement's"),
        [ModelUnknown] = (StatusCodes.Status404NotFound, "No share of this model"),
        [ModelStatement] = (StatusCodes.Status403Forbidden, "The statement is for another model"),
        [KeyUnusable] = (StatusCodes.Status403Forbidden, "Nothing can be sealed to the statement"),
        [LogUnavailable] = (StatusCodes.Status503ServiceUnavailable, "The release can't be written down"),
        [Fault] = (StatusCodes.Status500InternalServerError, "The broker failed"),
    }.ToFrozenDictionary();
}
