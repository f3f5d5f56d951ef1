namespace Reflex.Cli.Events;

/// <summary>Appending a file has failed on the way.</summary>
internal sealed class FileAppendException(long appended, long lastLine, ReflexException cause) : ReflexException(
    $"{cause.Message} Before it {appended} events were appended; whether those up to line {lastLine}, and some after it, were, is "
    + "unknown: look at the stream before you append the rest.",
    cause.IsTransient,
    cause)
{
    public override ErrorCode Code => cause.Code;
}
