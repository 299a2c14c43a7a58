using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>A model that both sides compute.</summary>
/// <param name="name">What it is called in the results; empty for the one that most of them are about.</param>
/// <param name="folder">Where it lies.</param>
internal sealed class BenchmarkModel(string name, string folder)
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its folder.</summary>
    public string Folder => folder;

    /// <summary>The model.</summary>
    public ModelFolder Model { get; } = ModelFolder.Read(folder);

    /// <summary>The random model of 125 million weights.</summary>
    public static BenchmarkModel Random() => new("", new RandomModel(RandomModel.DefaultFolder()).Folder);

    /// <summary>The house model.</summary>
    public static BenchmarkModel House() => new("house model ", Path.Combine(RandomModel.Checkout(), "models", "house"));

    /// <summary>The same weights as llama.cpp wants them, made where they are not there yet. Not in the model's folder: one with two models in it is refused.</summary>
    public string Gguf(GgufTensorType type)
    {
        var exports = Path.Combine(RandomModel.Checkout(), "artifacts", "bench");
        Directory.CreateDirectory(exports);
        var file = Path.Combine(exports, $"{Model.Manifest.Sha256[..16]}-{type}.gguf".ToLowerInvariant());
        if (!File.Exists(file))
        {
            using (var stream = File.Create(file + ".part"))
            {
                GgufExport.Write(Model, type, stream, CancellationToken.None);
            }

            File.Move(file + ".part", file);
        }

        return file;
    }
}
