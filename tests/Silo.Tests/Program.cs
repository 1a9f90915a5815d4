using Nola.Silo.Tests.Storage;

// The tests run parts of themselves as a child process that can be killed.
if (args is [StoreWriter.Argument, var path])
{
    await StoreWriter.Run(path);
    return 0;
}

return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
