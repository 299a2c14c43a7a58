namespace CocoonOrleans.Tests.Inference;

/// <summary>What lies in <c>../shared/models</c> beside the checkout. It is no part of the repository.</summary>
internal static class SharedModels
{
    /// <summary>The folder of that name; null where it is absent.</summary>
    public static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "models", name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
