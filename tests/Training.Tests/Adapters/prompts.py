"""Expected logits of prefix and prompt tuning over the tiny BERT of the golden data, in NumPy and float64: prompts.py FOLDER > prompts.json

FOLDER is oracle/hf/bert. The layout of the stored tensor, the positions behind the prefix and the place of the prompt follow Hugging Face PEFT 0.20
(PeftModel.get_prompt, PeftModelForSequenceClassification) and transformers' BertModel. The trained tensor is 0.3·sin(0, 1, 2, …).
"""
import json, math, struct, sys
import numpy as np

folder = sys.argv[1]
config = json.load(open(f"{folder}/base/config.json"))
expected = json.load(open(f"{folder}/expected.json"))
with open(f"{folder}/base/model.safetensors", "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = file.read()
W = {name: np.frombuffer(data[slice(*item["data_offsets"])], "<f4").reshape(item["shape"]).astype(float)
     for name, item in header.items() if name != "__metadata__" and item["dtype"] == "F32"}
erf = np.vectorize(math.erf)
layers, heads, hidden = config["num_hidden_layers"], config["num_attention_heads"], config["hidden_size"]
ids, mask = np.array(expected["input_ids"]), np.array(expected["attention_mask"])
tokens = 3


def linear(name, x):
    return x @ W[name + ".weight"].T + W[name + ".bias"]


def norm(name, x):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + config["layer_norm_eps"]) * W[name + ".weight"] + W[name + ".bias"]


def split(x):
    return x.reshape(*x.shape[:2], heads, -1).transpose(0, 2, 1, 3)


def logits(words, mask, first_position, past):
    batch, length = words.shape[:2]
    positions = W["bert.embeddings.position_embeddings.weight"][first_position:first_position + length]
    x = norm("bert.embeddings.LayerNorm", words + W["bert.embeddings.token_type_embeddings.weight"][0] + positions)
    bias = np.where(mask == 0, -1e9, 0.0)[:, None, None, :]
    for index in range(layers):
        name = f"bert.encoder.layer.{index}"
        q, k, v = (split(linear(f"{name}.attention.self.{part}", x)) for part in ("query", "key", "value"))
        if past is not None:
            k, v = np.concatenate([past[index][0], k], 2), np.concatenate([past[index][1], v], 2)
        scores = q @ k.transpose(0, 1, 3, 2) / math.sqrt(hidden / heads) + bias
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        attended = (weights @ v).transpose(0, 2, 1, 3).reshape(batch, length, hidden)
        x = norm(f"{name}.attention.output.LayerNorm", linear(f"{name}.attention.output.dense", attended) + x)
        middle = linear(f"{name}.intermediate.dense", x)
        x = norm(f"{name}.output.LayerNorm", linear(f"{name}.output.dense", middle * 0.5 * (1 + erf(middle / math.sqrt(2)))) + x)
    return linear("classifier", np.tanh(linear("bert.pooler.dense", x[:, 0])))


def trained(*shape):
    return 0.3 * np.sin(np.arange(math.prod(shape), dtype=float)).reshape(shape)


words = W["bert.embeddings.word_embeddings.weight"][ids]
longer = np.concatenate([np.ones((len(mask), tokens), int), mask], 1)
embeddings = np.repeat(trained(tokens, layers * 2 * hidden)[None], len(ids), 0)
keys_values = embeddings.reshape(len(ids), tokens, layers * 2, heads, hidden // heads).transpose(2, 0, 3, 1, 4)
past = [keys_values[2 * index:2 * index + 2] for index in range(layers)]
prompt = np.repeat(trained(tokens, hidden)[None], len(ids), 0)
assert np.abs(logits(words, mask, 0, None) - np.array(expected["logits"])).max() < 1e-5
json.dump({
    "prefix": np.round(logits(words, longer, tokens, past), 7).tolist(),
    "prompt": np.round(logits(np.concatenate([prompt, words], 1), longer, 0, None), 7).tolist(),
}, sys.stdout)
