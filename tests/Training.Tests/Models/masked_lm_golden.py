"""Makes MaskedLanguage/: tiny random encoders with their masked-LM heads, and the logits of Hugging Face transformers (written with 5.12).

    python3 masked_lm_golden.py      (needs torch and transformers)
"""

import json
import pathlib

import torch
from transformers import (DistilBertConfig, DistilBertForMaskedLM, MobileBertConfig, MobileBertForMaskedLM, RobertaConfig, RobertaForMaskedLM)

HERE = pathlib.Path(__file__).parent / "MaskedLanguage"
SMALL = {"vocab_size": 23, "initializer_range": 0.3}
MODELS = {
    "roberta": RobertaForMaskedLM(RobertaConfig(
        **SMALL, hidden_size=12, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_position_embeddings=12, type_vocab_size=1)),
    "distilbert": DistilBertForMaskedLM(DistilBertConfig(**SMALL, dim=12, n_layers=1, n_heads=2, hidden_dim=16, max_position_embeddings=10)),
    "mobilebert": MobileBertForMaskedLM(MobileBertConfig(
        **SMALL, hidden_size=16, embedding_size=6, num_hidden_layers=1, num_attention_heads=2, intermediate_size=12, intra_bottleneck_size=8,
        num_feedforward_networks=2, max_position_embeddings=10, classifier_activation=True)),
}

for seed, (name, model) in enumerate(MODELS.items()):
    torch.manual_seed(seed)
    for parameter in model.parameters():
        parameter.data.normal_(std=0.3)
    model.eval()
    ids = torch.tensor([[2, 5, 6, 7, 8, 3, 22, 9], [4, 9, 10, 11, 3, 1, 1, 1]])
    if name != "roberta":
        ids[1, 5:] = 0
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask).logits
    model.save_pretrained(HERE / name)
    (HERE / name / "generation_config.json").unlink(missing_ok=True)
    expected = {"input_ids": ids.tolist(), "attention_mask": mask.tolist(), "logits": [[[round(x, 6) for x in token] for token in row] for row in logits.tolist()]}
    (HERE / name / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
