namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>Linux's error numbers that say something about a TD; the platform hands them on as an exception's result.</summary>
internal static class Errno
{
    public const int NoSuchDeviceOrAddress = 6;
    public const int TryAgain = 11;
    public const int DeviceBusy = 16;
    public const int NoSuchDevice = 19;
    public const int TimedOut = 110;

    /// <summary>What an exception of a kernel's file means.</summary>
    public static TeeFailureKind KindOf(Exception exception) => exception switch
    {
        UnauthorizedAccessException => TeeFailureKind.Denied,
        InvalidDataException => TeeFailureKind.Malformed,
        FileNotFoundException or DirectoryNotFoundException => TeeFailureKind.Unsupported,
        _ => exception.HResult switch
        {
            NoSuchDeviceOrAddress or NoSuchDevice => TeeFailureKind.Unsupported,
            TryAgain or DeviceBusy => TeeFailureKind.Busy,
            TimedOut => TeeFailureKind.TimedOut,
            _ => TeeFailureKind.Refused,
        },
    };
}
