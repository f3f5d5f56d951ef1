namespace Reflex;

/// <summary>A server has no room for a request at the moment, and has done nothing of it. A little later it may have.</summary>
public sealed class ServerBusyException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("server-busy", ErrorKind.Busy, "Server busy");

    /// <inheritdoc cref="ServerBusyException"/>
    /// <param name="message">What there is no room for, which limit that is, and what to do.</param>
    /// <param name="innerException">The transport's error, or null.</param>
    public ServerBusyException(string message, Exception? innerException = null)
        : base(message, isTransient: true, innerException)
    {
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    internal static ServerBusyException Of(RemoteError error) => new(error.Message, error.Cause);
}
