using CocoonOrleans.KeyBroker.Hosting;

return await KeyBrokerStart.RunAsync(args);
