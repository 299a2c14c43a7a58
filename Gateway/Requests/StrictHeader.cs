using CocoonOrleans.Gateway.Errors;

namespace CocoonOrleans.Gateway.Requests;

/// <summary>The header with which a client has unknown fields refused, to find its typing errors; otherwise they are ignored.</summary>
public static class StrictHeader
{
    /// <summary>The header; its value is <c>true</c> or <c>false</c>.</summary>
    public const string Name = "Cocoon-Strict";

    /// <summary>Reads it.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="isStrict">Whether unknown fields are refused; false where the header is absent.</param>
    /// <param name="error">What is wrong with it; null where nothing is.</param>
    public static bool TryRead(IHeaderDictionary headers, out bool isStrict, out ApiError? error)
    {
        ArgumentNullException.ThrowIfNull(headers);
        string? value = headers[Name];
        isStrict = string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
        error = isStrict || value is null or "" || string.Equals(value, "false", StringComparison.OrdinalIgnoreCase)
            ? null
            : new ApiError(ErrorKinds.InvalidValue, $"{Name} must be true or false.") { Param = Name };
        return error is null;
    }
}
