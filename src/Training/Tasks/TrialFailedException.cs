namespace Nola.Training.Tasks;

/// <summary>The trial cannot be carried out as specified; the message is one sentence for the user.</summary>
public sealed class TrialFailedException(string message) : Exception(message);
