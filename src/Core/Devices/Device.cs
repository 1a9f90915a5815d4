namespace Nola.Core.Devices;

/// <summary>What a trial runs on: a slot of a device, or a light slot for work that is asynchronous I/O or nearly free.</summary>
public enum SlotKind
{
    /// <summary>A slot of a CPU or GPU, owned by one worker process.</summary>
    Device,

    /// <summary>A light slot inside the silo: <c>function</c> trials and calls to endpoints.</summary>
    Light,
}

/// <summary>Kind of a device.</summary>
public enum DeviceKind
{
    Cpu,
    Cuda,
}

/// <summary>One device of a silo.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.Device")]
public sealed record Device
{
    /// <summary>The device's name on its silo: <c>cpu</c>, <c>cuda:0</c>, <c>cuda:1</c> …, or <c>light</c>.</summary>
    public required string Id { get; init; }

    /// <summary>CPU or CUDA.</summary>
    public required DeviceKind Kind { get; init; }

    /// <summary>Which kind of slots it offers.</summary>
    public SlotKind Slot { get; init; } = SlotKind.Device;

    /// <summary>Trials that may run on it at once.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>Memory in bytes that its trials share; 0 when not bounded.</summary>
    public long Memory { get; init; }

    /// <summary>CPU threads that each slot may use.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Of a light device: which programs its silo's sandbox runs; null as long as that was not tested. Default: null.</summary>
    public ProgramKinds? Programs { get; init; }

    /// <summary>The maker's name of the device, for people.</summary>
    public string Description { get; init; } = "";
}
