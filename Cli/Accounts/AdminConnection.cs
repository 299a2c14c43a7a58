using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Accounts;

/// <summary>Commands that administer the network of a data folder.</summary>
internal static class AdminConnection
{
    /// <summary>A client of the network that runs.</summary>
    /// <param name="folder">The data folder.</param>
    /// <exception cref="CommandFailedException">None runs there.</exception>
    public static AdminClient Open(string folder)
    {
        var connection = NetworkConnection.TryRead(folder)
            ?? throw new CommandFailedException($"No network runs with its data in {folder}.", "Start one with ./cocoon up.");
        return AdminClient.Of(connection.AdminUrl, new DataFolder(folder));
    }

    /// <summary>Asks, and says what to do where nobody answers.</summary>
    /// <exception cref="CommandFailedException">The gateway can't be reached.</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailedException($"The gateway can't be reached: {exception.Message}", "Start the network with ./cocoon up.", innerException: exception);
        }
    }
}
