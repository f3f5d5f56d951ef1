namespace Reflex.Storage;

/// <summary>A storage can't be used as it is: held by another process, not writable, of a newer version. Nothing was changed.</summary>
public sealed class StorageRefusedException : ReflexException
{
    /// <inheritdoc cref="StorageRefusedException"/>
    /// <param name="message">One sentence: what, where, expected and found, what to do. Clients aren't told it.</param>
    /// <param name="innerException">The cause, or null.</param>
    public StorageRefusedException(string message, Exception? innerException = null)
        : base(message, isTransient: false, innerException) =>
        SetClientMessage("The storage can't be used as it is: the server's operator has to look at it.");

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Failed;
}
