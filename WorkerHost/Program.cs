using CocoonOrleans.WorkerHost.Hosting;

return await WorkerStart.RunAsync(WebApplication.CreateSlimBuilder(args));
