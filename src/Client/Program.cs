using Nola.Client.Commands;

return await NolaCommandLine.Run(args);
