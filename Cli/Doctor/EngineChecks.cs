using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;

namespace CocoonOrleans.Cli.Doctor;

/// <summary>What the engine needs: the house model's files; and libtorch for its other backend and for training.</summary>
internal static class EngineChecks
{
    public static Finding Torch()
    {
        try
        {
            var loaded = TorchLibrary.Load();
            return new Finding("libtorch", FindingStatus.Ok, loaded.Repaired ? $"loads, with a repaired copy of its shim: {loaded.Path}" : "loads");
        }
        catch (TorchLibraryException exception)
        {
            return new Finding("libtorch", FindingStatus.Warning, exception.Message, "Only Worker:Native:Backend=torch, training and some tests need it. Delete artifacts/ and run ./cocoon again; see the message for the folder in question.");
        }
    }

    public static Finding HouseModel(BuiltArtifacts artifacts)
    {
        var folder = HouseModelFolder.Path(artifacts);
        try
        {
            return new Finding("house model", FindingStatus.Ok, $"manifest {ModelFolder.Read(folder).Manifest.Sha256}");
        }
        catch (ModelFormatException exception)
        {
            return new Finding("house model", FindingStatus.Failed, exception.Message, $"Get its files again: git checkout -- {folder}");
        }
    }
}
