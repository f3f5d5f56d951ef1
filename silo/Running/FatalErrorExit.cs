using Reflex.Silo.Logging;

namespace Reflex.Silo.Running;

/// <summary>
/// Ends the process at once when Orleans can't go on, as when the cluster has declared this silo dead: what it serves is others' already.
/// </summary>
/// <remarks>Orleans' own handler goes on serving for two seconds, prints its stack and leaves a memory dump.</remarks>
internal sealed class FatalErrorExit : IFatalErrorHandler
{
    /// <summary>Another than of a start that was refused: started again, the silo may well run.</summary>
    public const int Code = 3;

    private const string Listed = "Membership:";

    private int _isEnding;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        if (Interlocked.Exchange(ref _isEnding, 1) != 0)
        {
            return;
        }

        var reason = string.Join(' ', new[] { context, exception?.Message }.Where(text => !string.IsNullOrEmpty(text)));
        var text = VisibleText.Of(Shorten(reason.ReplaceLineEndings(" ")));
        Terminal.WriteErrorLine($"Reflex ends at once, and has to be started again: {text}");
        Environment.Exit(Code);
    }

    /// <summary>Without the list of all silos that there ever were, with which Orleans may go on.</summary>
    private static string Shorten(string reason)
    {
        var end = reason.IndexOf(Listed, StringComparison.Ordinal);
        return end < 0 ? reason : reason[..end].TrimEnd(' ', '.', ',') + '.';
    }
}
