using System.CommandLine;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Chat;

/// <summary><c>cocoon chat</c>: asks one question and shows the answer as it comes.</summary>
internal static class ChatCommand
{
    private const string FromStdin = "-";
    private const int MaxQuestionCharacters = 1 << 20;

    public static Command Create()
    {
        var text = new Argument<string>("text") { Description = "What to ask; - reads it from stdin." };
        var model = new Option<string?>("--model") { Description = "The model; by default the one that the network serves." };
        var seed = new Option<long?>("--seed") { Description = "Makes the answer repeatable." };
        var gateway = new GatewayOptions();
        var command = new Command("chat", "Ask a question and show the answer as it comes.") { text, model, seed };
        gateway.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var question = await ReadAsync(result.GetRequiredValue(text), cancellationToken);
            var (url, key) = (gateway.Gateway(result), gateway.ApiKey(result));
            using var http = GatewayHttp.Open(url, key, Timeout.InfiniteTimeSpan);
            var served = result.GetValue(model) ?? NetworkConnection.TryRead(gateway.Folder(result))?.Model ?? Models.HouseModelFolder.Name;
            return await RunAsync(
                new ChatClient(http, key, TimeProvider.System), ChatQuestion.Ask(served, question) with { Seed = result.GetValue(seed) }, url, output, cancellationToken);
        });
    }

    private static async Task<int> RunAsync(
        ChatClient client, ChatQuestion question, Uri gateway, CommandOutput output, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.AskAsync(question, output.Stream, cancellationToken);
            output.EndLine();
            output.Console.MarkupLineInterpolated($"[dim]{answer.Model}: {answer.PromptTokens} + {answer.CompletionTokens} tokens, {answer.Cost?.ToString() ?? "?"} nano, first text after {answer.TimeToFirstToken.TotalMilliseconds:0} ms[/]");
            output.Result(ChatResult.Of(answer), CommandJson.Default.ChatResult);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailedException("Stopped. What had come of the answer is charged.", "See what is left: ./cocoon account show");
        }
        catch (ChatRefusedException refusal)
        {
            throw new CommandFailedException(refusal.Message, ChatFixes.For(refusal), innerException: refusal);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new CommandFailedException(
                $"The gateway {gateway} can't be reached, or the connection broke: {exception.Message}", "Is it up? Start a network with ./cocoon up.", innerException: exception);
        }
    }

    private static async Task<string> ReadAsync(string text, CancellationToken cancellationToken)
    {
        if (text != FromStdin)
        {
            return text.Length > 0 ? text : throw new CommandFailedException("The question is empty.", "Ask something: ./cocoon chat \"What is 3 plus 4?\"");
        }

        if (!Console.IsInputRedirected)
        {
            await Console.Error.WriteLineAsync("Type the question; Ctrl-D on an empty line ends it.");
        }

        // On a thread of its own: a read of a terminal can't be cancelled, and Ctrl-C must not wait for it.
        var buffer = new char[MaxQuestionCharacters + 1];
        var length = await Task.Run(() => Console.In.ReadBlock(buffer), cancellationToken).WaitAsync(cancellationToken);
        var read = new string(buffer, 0, length).TrimEnd('\r', '\n');
        return read.Length switch
        {
            0 => throw new CommandFailedException("stdin is empty.", "Pipe the question in: echo hello | ./cocoon chat -"),
            > MaxQuestionCharacters => throw new CommandFailedException($"stdin has more than {MaxQuestionCharacters} characters.", "Ask in fewer words."),
            _ => read,
        };
    }
}
