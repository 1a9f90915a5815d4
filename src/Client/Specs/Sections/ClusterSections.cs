using System.Globalization;
using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Devices;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Sections;

/// <summary>What an experiment asks of the cluster: retries and needs.</summary>
internal static class ClusterSections
{
    private static readonly Key<long> Memory = new("memory", Values.Memory, "Device memory that one trial needs; a cluster without such a device refuses the experiment.", "unknown");
    private static readonly Key<DeviceKind> Device = new("device", new ChoiceForm<DeviceKind>("device", ("cpu", DeviceKind.Cpu), ("cuda", DeviceKind.Cuda)), "Kind of device.", "any");

    private static readonly Key<int> Pack = new("pack", new ScalarForm<int>(
        "auto, or an integer from 1 to 64",
        (string text, out int value) => text == "auto" ? (value = ResourceNeeds.AutomaticPack) > 0 : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value is >= 1 and <= 64,
        new() { ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = new JsonArray("auto") }, new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 64 }) }), "Trials of one study that may share a slot and train on one pass of their frozen base; for lora without DoRA and biases, and ia3.", "1");

    private static readonly Key<int> Lost = new("lost", Values.Integer(0, 1000), "Further attempts after a silo, a worker or a device was lost.", "3");
    private static readonly Key<int> Failed = new("failed", Values.Integer(0, 1000), "Further attempts after a trial failed by itself.", "0");
    private static readonly Section<RetryPolicy> RetryMap = new("retries", "How often a trial is tried again.", [Lost, Failed], fields => new()
    {
        LostAttempts = fields.Get(Lost, 3),
        OwnFailures = fields.Get(Failed, 0),
    });

    /// <summary>The section <c>needs</c>.</summary>
    public static Section<ResourceNeeds> Needs { get; } = new("needs", "What one trial needs of a device.", [Memory, Device, Pack], fields => new()
    {
        Memory = fields.Get(Memory, 0),
        Device = fields.Find(Device),
        Pack = fields.Get(Pack, 1),
    });

    /// <summary>The value of <c>retries</c>.</summary>
    public static Form<RetryPolicy> Retries { get; } = new RetryForm();

    private sealed class RetryForm : Form<RetryPolicy>
    {
        private static readonly Form<int> Number = Values.Integer(0, 1000);

        public override string Words => "an integer from 0 to 1000, or a map with lost and failed";

        public override IEnumerable<Section> Sections => [RetryMap];

        public override JsonObject Schema(JsonObject definitions) => new() { ["anyOf"] = new JsonArray(Number.Schema(definitions), RetryMap.Form.Schema(definitions)) };

        public override bool TryRead(Node node, string name, ReadContext context, out RetryPolicy value)
        {
            value = new();
            if (node is MapNode map)
                return (value = RetryMap.Build(map, context)!) is not null;
            if (!Number.TryRead(node, name, context, out var lost))
                return false;
            value = new() { LostAttempts = lost };
            return true;
        }
    }
}
