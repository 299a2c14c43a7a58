namespace CocoonOrleans.Tests.Inference.HouseModel;

/// <summary>The committed model, <c>models/house</c> of this checkout.</summary>
public static class HouseModelFolder
{
    public static string Path { get; } = Find();

    public static string File(string name) => System.IO.Path.Combine(Path, name);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "models", "house");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"models/house is in no folder above {AppContext.BaseDirectory}");
    }
}
