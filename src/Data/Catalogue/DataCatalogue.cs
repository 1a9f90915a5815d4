using Nola.Core.Experiments;
using Nola.Data.Downloads;

namespace Nola.Data.Catalogue;

/// <summary>The public datasets that <c>nola data pull</c> knows, each at a fixed version of its origin.</summary>
public static class DataCatalogue
{
    private const string SciBert = "https://raw.githubusercontent.com/allenai/scibert/06793f77d7278898159ed50da30d173cdc8fdea9/data/";
    private const string MtsDialog = "https://raw.githubusercontent.com/abachaa/MTS-Dialog/3ff0801933608d6f570468c13125125fb5cabdea/Main-Dataset/";

    /// <summary>Every known dataset.</summary>
    public static ImmutableArray<KnownDataset> All { get; } =
    [
        Mts("mts-dialog", "Conversations of doctors and patients, to be put into 20 sections of a clinical note; 1201 / 100 / 400.", "dialogue"),
        Mts("mts-sections", "Passages of clinical notes, to be put into 20 sections; the same notes as mts-dialog.", "section_text"),
        Classification(
            "chemprot",
            "Sentences with a chemical and a protein, to be put into 13 relations; 4169 / 2427 / 3469.",
            "ChemProt, for research",
            ("train", Sha256("ab17b85c4fb869b2338d7c9617414e63f3c7225e5005920b18d9cd996f1049d8")),
            ("dev", Sha256("bfe8f39e5146ad4bb16b23707dade850546a305047bc666f6f6824c6a7e3df2f")),
            ("test", Sha256("372249c85ffea6d9a18dc5168cf45841b3d79b03412d6c620381cfc0dd3d6d49"))),
        Classification(
            "rct-20k",
            "Sentences of 20,000 abstracts of clinical trials (PubMed 20k RCT), to be put into 5 sections.",
            "PubMed abstracts; see NLM's terms",
            ("train", GitBlob("a85be15e1630f554626da099308b5fa7352f287b")),
            ("dev", GitBlob("83df48fda9934d2e5f420cfc7d08711ca7c2a909")),
            ("test", GitBlob("bff6e29f2f7a55208cfad39ea0b33a907043af7a"))),
        Classification(
            "sci-cite",
            "Sentences that cite, to be put into 3 intents.",
            "SciCite, for research",
            ("train", Sha256("3046a7288579c797052f82b55ec1b243231a7d80653462d052ebbbb2a6bd322b")),
            ("dev", Sha256("1dc52ca86748d6638642a204eff94714ca6cd6202e73fbe64eab09e3581cad02")),
            ("test", Sha256("ac76196975f15d3a4317ccd702da9fc774f9a29caa962f87bbd5d1f9b810f1ab"))),
        new()
        {
            Name = "ncbi-disease",
            Summary = "Sentences with the names of diseases marked word by word; 5424 / 923 / 940.",
            Licence = "NCBI disease corpus, public domain",
            Folder = "ncbi-disease",
            Format = DataFormat.Conll,
            Files =
            [
                new(new(SciBert + "ner/NCBI-disease/train.txt"), Split.Train, Sha256("ad24aac654102aed88f2e87d6d92eda9bedfa7815a86710e591100c7ad209a04")),
                new(new(SciBert + "ner/NCBI-disease/dev.txt"), Split.Validation, Sha256("407efb4a385f16871144bea8559c2f5445a6d693e287c29fd389c134823e2bf3")),
                new(new(SciBert + "ner/NCBI-disease/test.txt"), Split.Test, Sha256("5f27802a200cc1fcb1a79861c7d9aa77f5678fad1da89db1dc04fb8308f96585")),
            ],
        },
        Problems(
            "humaneval",
            "155 of the 164 Python functions of HumanEval with specification and tests; for ier, sr, der.",
            "HumanEval, MIT",
            "https://raw.githubusercontent.com/openai/human-eval/6d43fb980f9fee3c892a914eda09951f772ad10d/data/HumanEval.jsonl.gz",
            Sha256("b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef")),
        Problems(
            "mbpp",
            "402 of the 427 Python functions of MBPP that were checked by hand, with specification and tests; for ier, sr, der.",
            "MBPP, CC-BY-4.0",
            "https://raw.githubusercontent.com/google-research/google-research/30adf0ec5f35f9609c2f1d896005e184195d9146/mbpp/sanitized-mbpp.json",
            Sha256("ca95deaa9a01ef0a6f439f88bcf0dd3db3563d22f22aad6cae04ebb9a8d8c8e9")),
        Problems(
            "cruxeval",
            "800 Python functions with a call and its value; for ier, cruxeval-output, cruxeval-input.",
            "CRUXEval, MIT",
            "https://raw.githubusercontent.com/facebookresearch/cruxeval/190faf16d175b5847b0af05d937872b1fb395942/data/cruxeval.jsonl",
            Sha256("8368b81047dc5014e4caf5a2f97604eff7644e0ecd7415e3ceeb184bbc2e0c96")),
    ];

    /// <summary>The dataset of that name, or null.</summary>
    public static KnownDataset? Find(string name) => All.FirstOrDefault(dataset => dataset.Name == name);

    private static KnownDataset Mts(string name, string summary, string text) => new()
    {
        Name = name,
        Summary = summary,
        Licence = "MTS-Dialog, CC-BY-4.0",
        Folder = "mts-dialog",
        Format = DataFormat.Csv,
        Columns = new() { Text = text, Label = "section_header" },
        Files =
        [
            new(new(MtsDialog + "MTS-Dialog-TrainingSet.csv"), Split.Train, Sha256("65a28681dd59fc159681ea026e44610f2af7bc64a0e7f892d763eb03d9f503dc")),
            new(new(MtsDialog + "MTS-Dialog-ValidationSet.csv"), Split.Validation, Sha256("227206520c4534381c0d7fba6d3f09319a9af5a6d9603a93c0341af1198e3958")),
            new(new(MtsDialog + "MTS-Dialog-TestSet-1-MEDIQA-Chat-2023.csv"), Split.Test, Sha256("b4d38dd2c99b2e9860099abcf653f1e0f3e9b69f9fcc45be2a2699b37a4d2f37")),
            new(new(MtsDialog + "MTS-Dialog-TestSet-2-MEDIQA-Sum-2023.csv"), Split.Test, Sha256("226644466ed3af82382b327a3e684aab70aa605b96cfd93b04f584f1826ab1a6")),
        ],
    };

    private static KnownDataset Classification(
        string name, string summary, string licence, (string File, Checksum Sum) train, (string File, Checksum Sum) validation, (string File, Checksum Sum) test) => new()
    {
        Name = name,
        Summary = summary,
        Licence = licence,
        Folder = name,
        Format = DataFormat.JsonLines,
        Files =
        [
            new(new($"{SciBert}text_classification/{name}/{train.File}.txt"), Split.Train, train.Sum),
            new(new($"{SciBert}text_classification/{name}/{validation.File}.txt"), Split.Validation, validation.Sum),
            new(new($"{SciBert}text_classification/{name}/{test.File}.txt"), Split.Test, test.Sum),
        ],
    };

    private static KnownDataset Problems(string name, string summary, string licence, string origin, Checksum sum) => new()
    {
        Name = name,
        Summary = summary,
        Licence = licence,
        Folder = name,
        Format = DataFormat.JsonLines,
        IsProblems = true,
        Files = [new(new(origin), Split.Test, sum)],
    };

    private static Checksum Sha256(string value) => new(ChecksumKind.Sha256, value);

    private static Checksum GitBlob(string value) => new(ChecksumKind.GitBlob, value);
}
