using System.CommandLine;
using Nola.Client.Specs;
using Nola.Client.Views;

namespace Nola.Client.Commands;

/// <summary><c>nola schema</c>: the JSON Schema of spec files.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema",
            """
            Prints a JSON Schema of spec files, with which editors complete keys and show what they mean.

            Examples:
              nola schema > nola.schema.json
              # then, as the first line of a spec:  # yaml-language-server: $schema=nola.schema.json
            """);
        command.SetAction(line => Terminal.Of(line).Output.Write(SpecSchema.Print()));
        return command;
    }
}
