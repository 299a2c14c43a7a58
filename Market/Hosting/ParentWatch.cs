namespace CocoonOrleans.Market.Hosting;

/// <summary>
/// Notices that the process which started this one is gone, or wants it to stop: the pipe that is its standard input ends. All processes of the network are
/// started with one, and this is the project that all of them share.
/// </summary>
public static class ParentWatch
{
    /// <summary>Reads a stream to its end on a thread of its own, and says when that has come. Whatever is written there is read and dropped.</summary>
    /// <param name="input">Standard input. A read of it can't be cancelled, so nobody waits for it: the thread keeps no process alive.</param>
    /// <param name="ended">Called once, on that thread.</param>
    public static void Begin(Stream input, Action ended)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(ended);
        new Thread(() => Watch(input, ended)) { IsBackground = true, Name = "parent watch" }.Start();
    }

    private static void Watch(Stream input, Action ended)
    {
        try
        {
            Span<byte> dropped = stackalloc byte[64];
            while (input.Read(dropped) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A broken pipe has no writer either.
        }

        ended();
    }
}
