using System.CommandLine;
using System.CommandLine.Parsing;
using Nola.Client.Specs;

namespace Nola.Client.Commands;

/// <summary>What is wrong with a command line, each in one sentence that names the value and what would be right.</summary>
internal static class ParseProblems
{
    /// <summary>The problems; the first of those that follow from one another.</summary>
    public static IEnumerable<string> Of(ParseResult line)
    {
        var command = line.CommandResult.Command;
        // What follows an unknown word would be told as unknown or missing, too.
        if (line.UnmatchedTokens is [var unknown, ..])
            return [Unknown(command, PathOf(line.CommandResult), unknown)];
        return line.Errors.Select(error => error.SymbolResult switch
        {
            OptionResult { Tokens: [] } option => $"{option.IdentifierToken?.Value} needs a value: {option.Option.Description}",
            OptionResult option => Wrong(option.Option.Name, option.Tokens, option.Option.ValueType, Choices(option.Option), error),
            ArgumentResult { Tokens: [] } argument => $"<{argument.Argument.Name}> is missing: {argument.Argument.Description}",
            ArgumentResult argument => Wrong($"<{argument.Argument.Name}>", argument.Tokens, argument.Argument.ValueType, Choices(argument.Argument), error),
            CommandResult { Command.Arguments: [var missing, ..] } => $"<{missing.Name}> is missing: {missing.Description}",
            _ => error.Message,
        }).Distinct();
    }

    /// <summary>The command with those above it: <c>nola data pull</c>.</summary>
    public static string PathOf(SymbolResult? result) =>
        result is CommandResult command ? $"{PathOf(command.Parent)} {(command.Parent is null ? "nola" : command.Command.Name)}".TrimStart() : "";

    private static string Unknown(Command command, string path, string word)
    {
        if (word.StartsWith('-'))
            return $"{path} has no option '{word}'; {Suggestions.Remedy(word, [.. command.Options.Select(option => option.Name), "--help"], "it has")}";
        return command.Subcommands.Count > 0
            ? $"there is no command '{path["nola".Length..].TrimStart()}{(path == "nola" ? "" : " ")}{word}'; {Suggestions.Remedy(word, [.. command.Subcommands.Select(child => child.Name)], "there are")}"
            : $"'{word}' is one argument too many; {path} takes {(command.Arguments.Count == 0 ? "none" : string.Join(' ', command.Arguments.Select(argument => $"<{argument.Name}>")))}";
    }

    private static string Wrong(string name, IReadOnlyList<Token> tokens, Type type, IReadOnlyCollection<string> choices, ParseError error)
    {
        var value = string.Join(' ', tokens.Select(token => token.Value));
        if (choices.Count > 0)
            return $"{name} is '{value}'; {(Suggestions.Nearest(value, choices) is { } near ? $"did you mean '{near}'?" : $"it is one of {string.Join(", ", choices)}")}";
        return (Nullable.GetUnderlyingType(type) ?? type) == typeof(int) ? $"{name} is '{value}'; it takes a whole number" : error.Message;
    }

    private static string[] Choices(Symbol symbol) => symbol is Option option && option.ValueType != typeof(string)
        ? []
        : [.. symbol.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(item => item.Label)];
}
