using System.Globalization;

namespace Nola.EndToEnd.Tests.Harness;

/// <summary>A spec file of many short trials that need no device: functions that take a while.</summary>
internal static class FunctionSpec
{
    /// <summary>The text of the spec.</summary>
    public static string Text(string name, int trials, int parallelism, string duration, string more = "") => string.Create(CultureInfo.InvariantCulture, $$"""
        name: {{name}}
        task: function
        methods: { function: { name: sphere, duration: {{duration}} } }
        search: { sampler: random, trials: {{trials}}, space: { x: { low: -5, high: 5 }, y: { low: 1, high: 10 } } }
        parallelism: {{parallelism}}
        retries: 1000
        {{more}}
        """);
}
