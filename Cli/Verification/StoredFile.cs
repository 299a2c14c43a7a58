using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Verification;

/// <summary>Reads evidence from a file.</summary>
internal static class StoredFile
{
    /// <summary>Reads a file, or its beginning: one byte more than is looked at is enough for a verifier to say that it is too much.</summary>
    public static byte[] Read(FileInfo file, int most)
    {
        try
        {
            using var stream = file.OpenRead();
            var bytes = new byte[(int)Math.Min(stream.Length, most + 1L)];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file.FullName} can't be read: {exception.Message}", "Name a file that you may read.", innerException: exception);
        }
    }
}
