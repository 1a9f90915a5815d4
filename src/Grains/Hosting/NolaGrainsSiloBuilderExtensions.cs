using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nola.Core.Trials;
using Nola.Grains.Execution;
using Nola.Grains.Placement;
using Nola.Grains.Storage;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Storage;

namespace Nola.Grains.Hosting;

/// <summary>Adds the engine to a silo.</summary>
public static class NolaGrainsSiloBuilderExtensions
{
    /// <summary>
    /// Adds the executor, the <c>function</c> runner and the serializer of stored state. Grains are found by themselves; the host adds a default
    /// grain storage, and one <see cref="ITrialRunner"/> per further kind of trial.
    /// </summary>
    public static ISiloBuilder AddNolaGrains(this ISiloBuilder silo, SiloRole role, Action<NolaGrainsOptions>? configure = null)
    {
        var services = silo.Services;
        services.AddOptions<NolaGrainsOptions>();
        if (configure is not null)
            services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        silo.UseSiloMetadata(SiloFacts.Of(role));
        services.AddPlacementFilter<NotOnWorkers, NotOnWorkersFilter>(ServiceLifetime.Singleton);
        services.AddPlacementFilter<NotOnControl, NotOnControlFilter>(ServiceLifetime.Singleton);
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, Introduction>();
        services.AddSingleton<IGrainStorageSerializer, StateSerializer>();
        services.AddSingleton<ITrialRunner, FunctionRunner>();
        services.AddSingleton<TrialExecutor>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<TrialExecutor>());
        return silo;
    }
}
