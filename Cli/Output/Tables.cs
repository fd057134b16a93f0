using System.Globalization;
using Protos.Foreign;
using Spectre.Console;

namespace Cli.Output;

/// <summary>Tables and numbers as every command prints them.</summary>
internal static class Tables
{
    private const int RedirectedWidth = 200;

    /// <summary>An empty table with the given columns.</summary>
    public static Table Create(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in columns)
        {
            table.AddColumn(column);
        }
        return table;
    }

    /// <summary>Prints a table; redirected output gets the same text without colours, as wide as it needs.</summary>
    public static void Print(TextWriter output, Table table)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (output != Console.Out || Console.IsOutputRedirected)
        {
            console.Profile.Width = RedirectedWidth;
            console.Profile.Height = 100; // of no importance, but the terminal would be asked
        }
        console.Write(table);
    }

    /// <summary>Columns of a writer; as many as a file needs where it is no terminal.</summary>
    public static int WidthOf(TextWriter output) =>
        output != Console.Out || Console.IsOutputRedirected ? RedirectedWidth : Math.Max(Console.WindowWidth, 1);

    /// <summary>Text of a file or server as a cell.</summary>
    public static string Foreign(string? text) => Markup.Escape(ForeignText.Show(text));

    /// <summary>A number for people: at most two decimals, thousands apart.</summary>
    public static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
