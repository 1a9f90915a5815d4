"""Makes the small tokenizers in Golden/ with Hugging Face's tokenizers library, and what each makes of the texts below.

    python3 golden.py [VECTORS]      (needs the package tokenizers; written with 0.23)

VECTORS is a file of test strings separated by __ggml_vocab_test__, of which only the resulting numbers are kept.
Offsets are in UTF-16 units; white space at the beginning of a token of several characters is no part of it.
"""

import json
import pathlib
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent
CORPUS = [p.read_text() for p in sorted((HERE / "../../../docs").glob("*.md"))] + [
    "Der Patient erhält täglich 5 mg. Żółć i kamica żółciowa. Ελληνικά γράμματα, русский текст, 中文字符 and 日本語.",
    "Don't, we'll, they've, I'm, he'd, you're, it's; DON'T SHOUT.",
] * 20

TEXTS = [
    "", " ", "  ", "\t", "\n", "\n\n", "\t\n", "Hello world", " Hello world", "Hello World", " Hello World!", "Hello, world!  Two  spaces.",
    "a", "aspirin 81 mg q.d., warfarin 2.5mg", "don't can't we'll I'm you're they've he'd", "DON'T WE'LL", "12 345 6789 0123456", "3.14 1e-5 100%",
    "Café naïve résumé", "Żółć gęślą jaźń", "русский текст", "中文字符 and 日本語", "한국어 문장", "שלום עולם", "ελληνικά", "e\u0301 composed later",
    "\U0001F600 smile \U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001D4AF\U0001D4AE astral letters \U00020000\U00020001", "tab\tand\nnew line \r\n end ",
    "\u00a0no-break\u3000wide\u2028line", "zero\u200bwidth\ufeffmark", "a<mask>b <mask> c", "see <s> and </s> here", "<|begin|>x<|end|>", "[MASK] and [SEP]",
    "word\u00adsoft-hyphen", "(adenomatous polyposis coli) tumour-suppressor", "x" * 120, "…—–“quoted”", "  leading and trailing  ", "'s 't 're", "1st 2nd ½ ² Ⅷ",
    "Ünïcödé ẞ ß ŉ İ", "\x00\x01control\x1f", "!!??..,,;;", "C:\\path\\file.txt https://example.org/?a=b&c=d", "snake_case CamelCase kebab-case",
]


def utf16(text, index):
    return len(text[:index].encode("utf-16-le")) // 2


def places(text, encoding):
    for start, end in encoding.offsets:
        while start < end - 1 and text[start].isspace() and not 0x1C <= ord(text[start]) <= 0x1F:
            start += 1
        yield [utf16(text, start), utf16(text, end)]


def save(name, tokenizer, extra=()):
    folder = HERE / "Golden" / name
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    if extra:
        tokenizer.model.save(str(folder))
    expected = {"texts": [], "pair": tokenizer.encode("Hello world", "Two spaces").ids, "single": tokenizer.encode("Hello world").ids}
    for text in TEXTS:
        encoding = tokenizer.encode(text, add_special_tokens=False)
        expected["texts"].append({"text": text, "ids": encoding.ids, "places": list(places(text, encoding)), "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=False)})
    if len(sys.argv) > 1:
        vectors = pathlib.Path(sys.argv[1]).read_text().split("\n__ggml_vocab_test__\n")
        expected["vectors"] = [tokenizer.encode(text, add_special_tokens=False).ids for text in vectors]
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=True, separators=(",", ":")) + "\n")


def byte_level(pre_tokenizer, specials, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=600, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return tokenizer


roberta = byte_level(
    pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False),
    ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, special=True)])
roberta.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=False, add_prefix_space=False)
save("roberta", roberta, extra=("vocab.json", "merges.txt"))

spaced = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True, trim_offsets=False), ["<|endoftext|>"])
spaced.post_processor = processors.ByteLevel(trim_offsets=False)
save("gpt2-prefix-space", spaced)

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
llama3 = byte_level(
    pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(LLAMA3), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False, trim_offsets=False)]),
    [], ignore_merges=True)
llama3.add_special_tokens(["<|begin|>", "<|end|>"])
begin = llama3.token_to_id("<|begin|>")
llama3.post_processor = processors.Sequence([
    processors.ByteLevel(trim_offsets=False),
    processors.TemplateProcessing(single="<|begin|> $A", pair="<|begin|> $A <|begin|>:1 $B:1", special_tokens=[("<|begin|>", begin)]),
])
save("llama3", llama3)

for name, lower in [("bert-cased", False), ("bert-uncased", True)]:
    bert = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    bert.normalizer = normalizers.BertNormalizer(lowercase=lower)
    bert.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    bert.decoder = decoders.WordPiece(cleanup=False)
    bert.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=500, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
    bert.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    save(name, bert)
