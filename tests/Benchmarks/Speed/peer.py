"""A training process on Hugging Face transformers: the peer of the benchmark `training`.

Argument: the job as JSON, the fields of SpeedJob in camel case. It reads commands from standard input and answers each with a line of JSON:
  train N      N optimizer steps; the milliseconds of each, and those of CPU time
  evaluate     one pass over the evaluation texts; the same
  peak         peak resident memory so far, in MB
  end          versions; then it ends

LoRA is that of the package peft where it is installed. Elsewhere the same linear layers are wrapped as peft wraps them: frozen W x plus
(alpha / r) B A dropout(x), and a trained classifier.
"""
import json
import math
import random
import resource
import sys
import time

import torch
import transformers
from torch import nn

job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
torch.manual_seed(0)
chance = random.Random(0)


class Lora(nn.Module):
    def __init__(self, base, rank, alpha, dropout):
        super().__init__()
        self.base = base
        self.dropout = nn.Dropout(dropout)
        self.a = nn.Linear(base.in_features, rank, bias=False)
        self.b = nn.Linear(rank, base.out_features, bias=False)
        nn.init.kaiming_uniform_(self.a.weight, a=math.sqrt(5))
        nn.init.zeros_(self.b.weight)
        self.scale = alpha / rank

    def forward(self, x):
        return self.base(x) + self.b(self.a(self.dropout(x))) * self.scale


def with_lora(model):
    """The model with LoRA on the keys and values of all layers, and who made it."""
    try:
        import peft
    except ImportError:
        for weight in model.bert.parameters():
            weight.requires_grad = False
        for layer in model.bert.encoder.layer:
            attention = layer.attention.self
            attention.key = Lora(attention.key, 8, 8, 0.1)
            attention.value = Lora(attention.value, 8, 8, 0.1)
        return model, "own LoRA layers"
    settings = peft.LoraConfig(task_type="SEQ_CLS", r=8, lora_alpha=8, lora_dropout=0.1, target_modules=["key", "value"])
    return peft.get_peft_model(model, settings), f"peft {peft.__version__}"


model = transformers.BertForSequenceClassification(transformers.BertConfig(
    vocab_size=job["vocabulary"], hidden_size=job["hidden"], num_hidden_layers=job["layers"], num_attention_heads=job["heads"],
    intermediate_size=job["inner"], num_labels=2))
adapters = ""
if job["method"] == "lora":
    model, adapters = with_lora(model)
trained = [weight for weight in model.parameters() if weight.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=3e-4, weight_decay=0.01, fused=True)  # fused is the Trainer's default
half = job["precision"] == "bf16"


def texts(lengths):
    return [[2] + [chance.randrange(5, job["vocabulary"]) for _ in range(length - 2)] + [3] for length in lengths]


def batch(rows):
    """Rows padded to the longest of them, as DataCollatorWithPadding does."""
    length = max(len(row) for row in rows)
    ids = torch.tensor([row + [0] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
    return ids, mask


def batches():
    """Shuffled epochs without end, as the Trainer's sampler gives them."""
    rows = texts(job["trainLengths"])
    while True:
        chance.shuffle(rows)
        for start in range(0, len(rows), job["batch"]):
            yield rows[start:start + job["batch"]]


def train(rows):
    ids, mask = batch(rows)
    labels = torch.arange(len(rows)) % 2
    optimizer.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    return loss.item()


@torch.no_grad()
def evaluate(rows):
    model.eval()
    for start in range(0, len(rows), 64):
        ids, mask = batch(rows[start:start + 64])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            model(input_ids=ids, attention_mask=mask).logits.float().softmax(1).tolist()
    model.train()


model.train()
training, evaluation = batches(), texts(job["testLengths"])
for line in sys.stdin:
    command, *count = line.split()
    if command == "end":
        print(json.dumps({"versions": f"PyTorch {torch.__version__}, transformers {transformers.__version__}" + (f", {adapters}" if adapters else "")}), flush=True)
        break
    if command == "peak":
        print(json.dumps({"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
        continue
    taken, worked = [], []
    for _ in range(int(count[0]) if count else 1):
        rows = next(training) if command == "train" else evaluation
        began, fresh = time.perf_counter(), time.process_time()
        train(rows) if command == "train" else evaluate(rows)
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - fresh) * 1000)
    print(json.dumps({"wall": taken, "cpu": worked}), flush=True)
