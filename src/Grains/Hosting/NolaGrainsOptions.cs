using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Search;
using Nola.Search.Pruners;

namespace Nola.Grains.Hosting;

/// <summary>What a silo offers to trials.</summary>
public sealed class NolaGrainsOptions
{
    /// <summary>The silo's devices. Default: one light device with 256 slots, which runs <c>function</c> trials only.</summary>
    public ImmutableArray<Device> Devices { get; set; } = [LightDevice];

    /// <summary>
    /// Tests the devices once the silo runs; what it finds is offered in place of <see cref="Devices"/>, and until then nothing is. Default: none.
    /// </summary>
    public Func<CancellationToken, Task<DeviceOffer>>? TestDevices { get; set; }

    /// <summary>Tests, when trials first need it, which programs this silo's sandbox runs. Default: none are run.</summary>
    public Func<CancellationToken, Task<ProgramOffer>> TestPrograms { get; set; } = _ => Task.FromResult(new ProgramOffer(ProgramKinds.None, "it has no sandbox"));

    /// <summary>Folder below which each trial has its own folder <c>experiment/study/number</c>. Default: <c>nola-artifacts</c> in the temporary folder.</summary>
    public string ArtifactFolder { get; set; } = Path.Combine(Path.GetTempPath(), "nola-artifacts");

    /// <summary>How often the silo reports to the scheduler. Default: 1 s.</summary>
    public TimeSpan ReportPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stopping silo waits for its trials to save a checkpoint. Default: 20 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Makes the pruner of a study; null where its search names none. Default: those of <see cref="PrunerFactory"/>.</summary>
    public Func<StudySpec, IPruner?> CreatePruner { get; set; } = PrunerFactory.Create;

    /// <summary>The light device of every silo that runs trials.</summary>
    public static Device LightDevice { get; } = new() { Id = "light", Kind = DeviceKind.Cpu, Slot = SlotKind.Light, Slots = 256, Description = "light slots" };
}
