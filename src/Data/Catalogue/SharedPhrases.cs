namespace Nola.Data.Catalogue;

/// <summary>Words that notes of every specialty share.</summary>
internal static class SharedPhrases
{
    public static readonly string[] Patients =
    [
        "{age}-year-old man", "{age}-year-old woman", "{age} y/o male", "{age} y/o female", "This {age}-year-old patient", "The patient is a {age}-year-old man who",
        "The patient is a {age}-year-old woman who", "A {age}-year-old retired teacher", "A {age}-year-old office worker",
    ];

    public static readonly string[] Presenting = ["presents with", "reports", "complains of", "was referred for", "is seen today for", "describes", "returns with"];

    public static readonly string[] Complaints =
    [
        "fatigue", "generalized weakness", "loss of appetite", "pain that is worse at night", "intermittent discomfort", "poor sleep", "weight loss", "feeling unwell",
        "low-grade fever", "night sweats", "dizziness on standing", "nausea", "reduced exercise tolerance", "swelling", "concern about recent test results", "a routine follow-up",
    ];

    public static readonly string[] Durations =
    [
        "for two days", "for one week", "over the past three weeks", "since last month", "for several months", "on and off for a year", "after a recent viral illness",
        "following a change of medication", "since the last visit", "with gradual onset", "with sudden onset this morning",
    ];

    public static readonly string[] History = ["Past medical history is significant for", "Known", "History of", "Also treated for", "Family history of", "No history of"];

    public static readonly string[] Findings =
    [
        "vital signs are stable", "afebrile, in no acute distress", "examination is unremarkable", "blood pressure 148/92 mmHg", "laboratory results are pending",
        "hemoglobin is mildly reduced", "C-reactive protein is elevated", "no focal deficit", "abdomen is soft and non-tender", "lungs are clear to auscultation",
        "regular rate and rhythm", "mild tenderness on palpation", "no palpable lymphadenopathy",
    ];

    public static readonly string[] Plans =
    [
        "follow up in four weeks", "continue current medications", "return if symptoms worsen", "basic metabolic panel ordered", "advised rest and fluids",
        "acetaminophen as needed", "referral to a specialist was discussed", "smoking cessation was discussed", "the patient agrees with the plan", "repeat laboratory tests in two weeks",
    ];
}
