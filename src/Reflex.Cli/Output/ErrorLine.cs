namespace Reflex.Cli.Output;

/// <summary>The one line with which the tool fails.</summary>
internal static class ErrorLine
{
    /// <summary>Writes a sentence, which may have text of others in it.</summary>
    public static Task WriteAsync(TextWriter error, string sentence) =>
        error.WriteLineAsync($"reflex: {VisibleText.Of(sentence.ReplaceLineEndings(" ").Replace('\t', ' '))}");
}
