using Nola.Training.Adapters;
using Nola.Training.Models;
using static TorchSharp.torch;

namespace Nola.Training.Packing;

/// <summary>
/// The batches of several trials in one pass through the base that they share: the tokens of the first batch, of the second, and so on, as the rows of
/// one matrix [tokens, size].
/// </summary>
/// <remarks>
/// What a layer computes token by token it computes for all trials at once. Attention, adapters, dropout and the head are computed for each trial apart, on
/// tensors of the shapes that they have when the trial trains alone. So no batch is padded for another one's sake, and no trial sees another one.
/// </remarks>
internal sealed class TrialPack(IReadOnlyList<PackedTrial> trials)
{
    private readonly long[] tokens = [.. trials.Select(trial => trial.Tokens)];
    private readonly long[] rows = [.. trials.Select(trial => trial.Rows)];

    /// <summary>The trials in the order of their rows.</summary>
    public IReadOnlyList<PackedTrial> Trials => trials;

    /// <summary>Scores of each trial's batch, in the shape that its own model gives them.</summary>
    public Tensor[] Scores()
    {
        var key = trials[0].Key!;
        var model = trials[0].Model.Configuration.Build(trials[0].Model.Weights, Adapters(key.Head), key.Precision);
        model.Pack = this;
        model.Dropout = new PackedDropout(this);
        var (ids, mask, types) = (Flat(trial => trial.Batch.Ids), Flat(trial => trial.Batch.Mask), Types());
        return key.Head switch
        {
            Head.TokenClassification => ByToken(model.ClassifyTokens(ids, mask, types)),
            Head.CausalLanguage => ByToken(model.PredictNext(ids, mask)),
            _ => Split(model.Classify(ids, mask, types)),
        };

        Tensor[] ByToken(Tensor scores) => [.. Split(scores).Zip(trials, (part, trial) => part.view(trial.Rows, -1, part.shape[^1]))];
    }

    /// <summary>The lengths that batches have.</summary>
    public IEnumerable<long> Lengths => trials.Select(trial => trial.Length).Distinct();

    /// <summary>Each trial's part of [tokens, ...] or of [sequences, ...].</summary>
    public Tensor[] Split(Tensor x) => x.split(SizesOf(x.shape[0]), 0);

    /// <summary>How many of so many rows are each trial's.</summary>
    public long[] SizesOf(long count) => count == tokens.Sum() ? tokens : rows;

    /// <summary>Attention: of all trials at once where their batches have one length, else of one after another.</summary>
    /// <param name="query">[tokens or sequences, size].</param>
    /// <param name="key">[tokens, size].</param>
    /// <param name="value">[tokens, size].</param>
    /// <param name="bias">Of all tokens, [tokens, 1, 1]; null where padding is seen by nobody.</param>
    /// <param name="dropout">Of all trials.</param>
    /// <param name="compute">The attention of sequences [sequences, length, size].</param>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? bias, Dropout dropout, Func<Tensor, Tensor, Tensor, Tensor?, Dropout?, Tensor> compute)
    {
        if (trials.All(trial => trial.Length == trials[0].Length))
            return Flat(compute(Grid(query, rows.Sum()), Grid(key, rows.Sum()), Grid(value, rows.Sum()), bias?.view(-1, 1, 1, trials[0].Length), dropout));
        var (queries, keys, values) = (Split(query), Split(key), Split(value));
        return cat([.. trials.Select((trial, index) =>
            Flat(compute(Grid(queries[index], trial.Rows), Grid(keys[index], trial.Rows), Grid(values[index], trial.Rows), bias is null ? null : trial.Bias, trial.Dropout)))], 0);

        static Tensor Grid(Tensor x, long sequences) => x.view(sequences, -1, x.shape[^1]);

        static Tensor Flat(Tensor x) => x.reshape(-1, x.shape[^1]);
    }

    /// <summary>The vectors of the tokens' places [tokens, hidden].</summary>
    /// <param name="of">Those of ids [sequences, length], of a shape that broadcasts to [sequences, length, hidden].</param>
    public Tensor Places(Func<Tensor, Tensor> of) => cat([.. trials.Select(trial =>
    {
        var places = of(trial.Batch.Ids);
        return places.expand([.. trial.Batch.Ids.shape, places.shape[^1]]).reshape(-1, places.shape[^1]);
    })], 0);

    /// <summary>The vectors [sequences, size] of the first tokens.</summary>
    public Tensor First(Tensor x) => At(x, trial => zeros(trial.Rows, ScalarType.Int64, x.device));

    /// <summary>The vectors [sequences, size] of the last tokens before padding.</summary>
    public Tensor Last(Tensor x) => At(x, trial => trial.Batch.Mask.sum(1).sub(1).clamp(min: 0));

    // Of each sequence the vector at a position.
    private Tensor At(Tensor x, Func<PackedTrial, Tensor> position)
    {
        var (rows, start) = (new List<Tensor>(), 0L);
        foreach (var trial in trials)
        {
            rows.Add(arange(start, start + trial.Tokens, trial.Length, ScalarType.Int64, x.device) + position(trial));
            start += trial.Tokens;
        }

        return x.index_select(0, cat(rows, 0));
    }

    // Every layer over which a trial has an adapter, and the layers of the head, which are each trial's own.
    private AdapterSet Adapters(Head head)
    {
        var own = trials[0].Model.Configuration.HeadWeights(head, 1).Where(weight => weight.Role == WeightRole.Linear).Select(weight => weight.Name[..^".weight".Length]).ToHashSet();
        return AdapterSet.Of(trials.SelectMany(trial => trial.Model.Adapters.All.Select(item => item.Key)).Concat(own).Distinct()
            .Select(layer => KeyValuePair.Create(layer, (Adapter)(own.Contains(layer) ? new OwnLayer(this, layer) : new PackedAdapter(this, layer)))));
    }

    private Tensor Flat(Func<PackedTrial, Tensor> of) => cat([.. trials.Select(trial => of(trial).reshape(-1))], 0);

    private Tensor? Types() => trials.All(trial => trial.Batch.Types is null) ? null : Flat(trial => trial.Batch.Types ?? zeros_like(trial.Batch.Ids));
}
