namespace Nola.Data.Catalogue;

/// <summary>One specialty of the clinical notes and what its notes say.</summary>
internal sealed record Specialty(string Name, string[] Complaints, string[] Findings, string[] Plans, string[] Comorbidities)
{
    /// <summary>All specialties, in a circle: each is confused with the one before and the one after.</summary>
    public static readonly Specialty[] All =
    [
        new(
            "cardiology",
            ["substernal chest pressure on exertion", "palpitations", "chest pain radiating to the left arm", "shortness of breath when climbing stairs", "ankle edema", "two syncopal episodes", "orthopnea needing three pillows", "a racing heart beat"],
            ["irregularly irregular pulse", "systolic murmur at the apex", "ECG shows ST depression in the lateral leads", "echocardiogram with an ejection fraction of 35%", "elevated jugular venous pressure", "troponin is negative", "BNP is elevated"],
            ["start metoprolol", "increase furosemide", "stress test was scheduled", "start apixaban for stroke prevention", "refer for coronary angiography", "Holter monitor for 48 hours"],
            ["atrial fibrillation", "coronary artery disease", "congestive heart failure", "hypertension"]),
        new(
            "pulmonology",
            ["productive cough", "wheezing at night", "shortness of breath at rest", "hemoptysis", "pleuritic chest pain", "a dry cough", "loud snoring and daytime sleepiness", "dyspnea after exposure to dust"],
            ["expiratory wheezes bilaterally", "crackles at the right base", "oxygen saturation 89% on room air", "chest X-ray with a right lower lobe infiltrate", "spirometry shows an obstructive pattern", "decreased breath sounds", "CT chest shows a 9 mm nodule"],
            ["albuterol inhaler as needed", "start inhaled corticosteroid", "azithromycin for five days", "sleep study ordered", "home oxygen was arranged", "pulmonary rehabilitation"],
            ["asthma", "COPD", "obstructive sleep apnea", "tuberculosis in childhood"]),
        new(
            "gastroenterology",
            ["epigastric pain after meals", "heartburn", "bloody diarrhea", "difficulty swallowing solid food", "black stools", "constipation and bloating", "jaundice with dark urine", "vomiting after fatty food"],
            ["right upper quadrant tenderness", "stool is positive for occult blood", "lipase is three times the upper limit", "ultrasound shows gallstones", "liver enzymes are elevated", "endoscopy with erosive esophagitis", "hyperactive bowel sounds"],
            ["start omeprazole", "colonoscopy was scheduled", "low-fat diet", "Helicobacter pylori testing", "mesalamine was increased", "surgical consult for cholecystectomy"],
            ["gastroesophageal reflux disease", "Crohn's disease", "hepatitis C", "diverticulosis"]),
        new(
            "nephrology-urology",
            ["burning on urination", "flank pain radiating to the groin", "blood in the urine", "urinary frequency and urgency", "a weak urinary stream", "foamy urine", "waking four times at night to urinate", "leg swelling and reduced urine output"],
            ["costovertebral angle tenderness", "creatinine is 2.4 mg/dL", "urinalysis with leukocytes and nitrites", "prostate is enlarged and smooth", "CT shows a 5 mm ureteral stone", "proteinuria of 3 g per day", "renal ultrasound with mild hydronephrosis"],
            ["start tamsulosin", "nitrofurantoin for five days", "PSA was ordered", "avoid nonsteroidal drugs", "cystoscopy was scheduled", "prepare for dialysis access"],
            ["kidney stones", "chronic kidney disease stage 3", "benign prostatic hyperplasia", "recurrent urinary tract infections"]),
        new(
            "endocrinology",
            ["increased thirst and frequent urination", "weight gain and cold intolerance", "tremor and heat intolerance", "low blood sugar episodes", "hair loss and dry skin", "irregular periods", "numb feet with high glucose readings", "a lump in the front of the neck"],
            ["hemoglobin A1c is 9.8%", "TSH is 14 mIU/L", "enlarged thyroid with a nodule", "fasting glucose 212 mg/dL", "calcium is elevated with high parathyroid hormone", "morning cortisol is low", "reduced monofilament sensation"],
            ["start metformin", "increase levothyroxine", "insulin glargine at bedtime", "thyroid ultrasound", "dietitian referral", "bone density scan"],
            ["type 2 diabetes", "hypothyroidism", "osteoporosis", "Graves disease"]),
        new(
            "neurology",
            ["throbbing headache with light sensitivity", "numbness of the right hand", "a first seizure", "tremor at rest", "slurred speech", "memory problems noticed by family", "double vision", "tingling in both feet"],
            ["left facial droop", "MRI brain with white matter lesions", "cogwheel rigidity", "reduced vibration sense in the toes", "EEG shows sharp waves", "positive Romberg sign", "Mini-Mental score 21 of 30"],
            ["start levetiracetam", "sumatriptan for attacks", "carbidopa-levodopa was increased", "nerve conduction study", "lumbar puncture was discussed", "carotid duplex was ordered"],
            ["migraine", "epilepsy", "a stroke in 2015", "Parkinson disease"]),
        new(
            "orthopedics",
            ["right knee pain when walking downstairs", "low back pain radiating down the leg", "shoulder pain with overhead reach", "wrist pain after a fall", "hip stiffness in the morning", "locking of the knee", "numb fingers at night", "ankle pain after twisting it"],
            ["positive McMurray test", "limited internal rotation of the hip", "X-ray shows joint space narrowing", "straight leg raise is positive at 40 degrees", "MRI with a full-thickness rotator cuff tear", "nondisplaced distal radius fracture", "positive Tinel sign at the wrist"],
            ["physical therapy twice a week", "corticosteroid injection", "wrist splint for six weeks", "total knee replacement was discussed", "ibuprofen with food", "non-weight-bearing on crutches"],
            ["osteoarthritis", "a hip fracture", "carpal tunnel syndrome", "lumbar disc herniation"]),
        new(
            "dermatology",
            ["an itchy rash on both elbows", "a mole that has changed color", "painful blisters along the chest", "swelling and redness of the lower leg", "scaly plaques on the scalp", "acne on the face and back", "hives after eating shellfish", "a sore on the lip that does not heal"],
            ["erythematous papules on the trunk", "well-demarcated silvery plaques", "asymmetric lesion of 8 mm with irregular border", "vesicles in a dermatomal distribution", "warm, tender erythema of the calf", "pearly nodule with telangiectasia", "excoriations on the forearms"],
            ["excisional biopsy", "triamcinolone cream twice daily", "valacyclovir for seven days", "cephalexin for cellulitis", "sun protection was advised", "start methotrexate"],
            ["psoriasis", "eczema", "melanoma removed in 2012", "shingles"]),
    ];

    /// <summary>The specialties that <paramref name="specialty"/> is confused with.</summary>
    public static Specialty[] NeighboursOf(Specialty specialty)
    {
        var index = Array.IndexOf(All, specialty);
        return [All[(index + 1) % All.Length], All[(index + All.Length - 1) % All.Length]];
    }
}
