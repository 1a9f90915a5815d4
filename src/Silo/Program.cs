using Nola.Silo.Hosting;

SiloSettings settings;
try
{
    settings = SiloSettingsReader.Read(args, Environment.GetEnvironmentVariable);
}
catch (SiloSettingsException wrong)
{
    foreach (var problem in wrong.Problems)
        await Console.Error.WriteLineAsync(problem);
    return 2;
}

return await NolaSilo.Run(settings, Console.Out, Console.Error);
