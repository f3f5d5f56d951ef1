namespace Reflex;

/// <summary>An error as a server told it, of which a client makes the exception again.</summary>
/// <param name="Message">The server's sentence.</param>
/// <param name="Facts">What the server told besides; any of it may be missing.</param>
/// <param name="What">What the call was to do: "append to orders".</param>
/// <param name="Cause">The transport's own error.</param>
internal sealed record RemoteError(string Message, ErrorFacts Facts, string What, Exception Cause);
