using Nola.Core.Experiments;
using Nola.Training.Adapters;
using Nola.Training.Models;

namespace Nola.Training.Tests.Models;

/// <summary>A model of the golden data in memory, in 32-bit floats, with an adapter where one is named.</summary>
public sealed record GoldenModel(MethodSpec Method, LanguageModel Model) : IDisposable
{
    public static GoldenModel Load(string folder, MethodSpec method, Head head, int labels, string? adapter = null)
    {
        var configuration = ModelConfiguration.Read(folder);
        var weights = new WeightFiles(folder).Load(configuration, configuration.BaseWeights().Concat(configuration.HeadWeights(head, labels)));
        var model = configuration.Assemble(weights, AdapterSet.Create(method, configuration, head, TorchSharp.torch.CPU, weights), Precision.Float32);
        if (adapter is not null)
            PeftFolder.LoadInto(adapter, model);
        return new(method, model);
    }

    public void Dispose()
    {
        Model.Adapters.Dispose();
        Model.Weights.Dispose();
    }
}
