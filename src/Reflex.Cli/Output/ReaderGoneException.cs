namespace Reflex.Cli.Output;

/// <summary>Nobody reads the output any more, which ends the tool and is told to nobody.</summary>
internal sealed class ReaderGoneException() : IOException("The reader of the output has gone.");
