using System.CommandLine;

namespace Nola.Client.Commands;

/// <summary>The argument EXPERIMENT of the commands about one experiment.</summary>
internal static class IdArgument
{
    public static Argument<string> Create() => new("experiment") { Description = "The experiment's id, as nola ls shows it." };
}
