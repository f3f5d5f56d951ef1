namespace Reflex.Cli.Output;

/// <summary>The output can't be written.</summary>
internal sealed class OutputException : IOException
{
    public OutputException(string reason)
        : base($"The output could not be written: {reason}.") => Reason = reason;

    /// <summary>What was done could not be told.</summary>
    /// <param name="done">The sentence that tells it.</param>
    /// <param name="cause">Why it couldn't.</param>
    public OutputException(string done, OutputException cause)
        : base($"{done} But this could not be written to the output: {cause.Reason}.", cause) => Reason = cause.Reason;

    private string Reason { get; }
}
