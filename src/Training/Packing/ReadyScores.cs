using Nola.Core.Experiments;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>A trial's model in a pass that has computed its scores already; the trial's task makes its loss of them.</summary>
internal sealed class ReadyScores(LanguageModel model, Tensor scores) : LanguageModel(model.Configuration, model.Weights, model.Adapters, Precision.Float32)
{
    public override Tensor Encode(Tensor ids, Tensor mask, Tensor? types = null) => throw new NotSupportedException("The pass has computed scores alone.");

    public override Tensor Classify(Tensor ids, Tensor mask, Tensor? types = null) => scores;

    public override Tensor ClassifyTokens(Tensor ids, Tensor mask, Tensor? types = null) => scores;

    public override Tensor PredictNext(Tensor ids, Tensor mask) => scores;
}
