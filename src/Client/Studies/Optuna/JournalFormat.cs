namespace Nola.Client.Studies.Optuna;

/// <summary>What a line of a journal does, by its <c>op_code</c>; the numbers are those of Optuna 3.1 to 4.</summary>
internal enum JournalOperation
{
    CreateStudy,
    DeleteStudy,
    SetStudyUserAttribute,
    SetStudySystemAttribute,
    CreateTrial,
    SetTrialParameter,
    SetTrialStateAndValues,
    SetTrialIntermediateValue,
    SetTrialUserAttribute,
    SetTrialSystemAttribute,
}

/// <summary>States of a trial in Optuna; the numbers stand in journals.</summary>
internal enum OptunaState
{
    Running,
    Complete,
    Pruned,
    Fail,
    Waiting,
}

/// <summary>Directions of an objective in Optuna; the numbers stand in journals.</summary>
internal enum OptunaDirection
{
    NotSet,
    Minimize,
    Maximize,
}
