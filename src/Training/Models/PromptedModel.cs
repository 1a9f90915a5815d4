using Nola.Core.Experiments;
using Nola.Training.Adapters;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>A model that reads the virtual tokens of a <see cref="Prompt"/> before every text.</summary>
/// <remarks>
/// The model under it sees them as tokens of number 0, whose embeddings the prompt replaces. As in PEFT, an encoder's head for whole texts reads the first
/// position, which is the first virtual token's.
/// </remarks>
public sealed class PromptedModel(LanguageModel model, Prompt prompt) : LanguageModel(model.Configuration, model.Weights, model.Adapters, Precision.Float32)
{
    public override Dropout? Dropout
    {
        get => model.Dropout;
        set => model.Dropout = value;
    }

    public override Tensor Encode(Tensor ids, Tensor mask, Tensor? types = null) => Text(model.Encode(Longer(ids, 0), Longer(mask, 1), LongerOrNull(types)));

    public override Tensor Classify(Tensor ids, Tensor mask, Tensor? types = null) => model.Classify(Longer(ids, 0), Longer(mask, 1), LongerOrNull(types));

    public override Tensor ClassifyTokens(Tensor ids, Tensor mask, Tensor? types = null) => Text(model.ClassifyTokens(Longer(ids, 0), Longer(mask, 1), LongerOrNull(types)));

    // Row r, column c: from r × length + c to r × (tokens + length) + tokens + c.
    public override Tensor PredictTokens(Tensor ids, Tensor mask, Tensor positions) =>
        model.PredictTokens(Longer(ids, 0), Longer(mask, 1), positions + positions.div(ids.shape[1], RoundingMode.floor).add(1).mul(prompt.Tokens));

    public override Tensor PredictNext(Tensor ids, Tensor mask) => Text(model.PredictNext(Longer(ids, 0), Longer(mask, 1)));

    // [batch, tokens + length] from [batch, length].
    private Tensor Longer(Tensor x, int value) => cat([full([x.shape[0], prompt.Tokens], value, x.dtype, x.device), x], 1);

    private Tensor? LongerOrNull(Tensor? x) => x is null ? null : Longer(x, 0);

    // [batch, length, ...] from [batch, tokens + length, ...].
    private Tensor Text(Tensor x) => x.narrow(1, prompt.Tokens, x.shape[1] - prompt.Tokens);
}
