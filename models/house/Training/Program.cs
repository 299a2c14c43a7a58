using CocoonOrleans.HouseModel;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

try
{
    switch (args.FirstOrDefault())
    {
        case "train":
            Verbs.Train(new Options(args.Skip(1), "model", "seed", "steps", "decay", "turn", "checkpoints", "every"), stop.Token);
            return 0;
        case "evaluate":
            Verbs.Evaluate(new Options(args.Skip(1), "model", "items", "mistakes"));
            return 0;
        case "sample":
            Verbs.Sample(new Options(args.Skip(1), "model", "seed", "dialogues"));
            return 0;
        default:
            Console.Error.WriteLine("train [model=models/house] [seed=1] [steps=16000] [decay=6500] [turn=8000] [checkpoints=artifacts/house] [every=1000]\nevaluate [model=models/house] [items=500] [mistakes=0]\nsample [model=FOLDER] [seed=1] [dialogues=20]");
            return 2;
    }
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped; the same command goes on from the last checkpoint.");
    return 1;
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
