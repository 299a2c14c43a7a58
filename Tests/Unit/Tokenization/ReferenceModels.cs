namespace CocoonOrleans.Tests.Unit.Tokenization;

/// <summary>Real models' files, kept in <c>shared/models</c> beside the checkout; a clone without them skips their tests.</summary>
internal static class ReferenceModels
{
    public static string Stories => Folder("stories260K/hf");

    public static string Qwen3 => Folder("qwen3-tokenizer");

    private static string Folder(string name)
    {
        var checkout = new DirectoryInfo(AppContext.BaseDirectory);
        while (checkout is not null && !File.Exists(Path.Combine(checkout.FullName, "CocoonOrleans.sln")))
        {
            checkout = checkout.Parent;
        }

        var folder = Path.Combine(checkout?.Parent?.FullName ?? "", "shared", "models", name);
        Skip.IfNot(Directory.Exists(folder), $"shared/models/{name} is not beside the checkout");
        return folder;
    }
}
