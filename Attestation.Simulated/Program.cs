using CocoonOrleans.Attestation.Simulated.Hosting;

return await SimulatedStart.RunAsync(args);
