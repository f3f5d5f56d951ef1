namespace Reflex.Storage;

/// <summary>
/// The storage of cursors and stream definitions doesn't do its work at the moment. Whether something was stored is unknown.
/// </summary>
public sealed class StateStoreException : ReflexException
{
    /// <inheritdoc cref="StateStoreException"/>
    /// <param name="what">What was to be read or stored: "the state 'catalog' of reflex.catalog/0".</param>
    /// <param name="innerException">The storage's error.</param>
    public StateStoreException(string what, Exception innerException)
        : base(
            $"Could not read or store {what} ({innerException?.Message}); try again a little later.",
            isTransient: true,
            innerException) =>
        SetClientMessage($"Could not read or store {what}; try again a little later.");

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Unavailable;
}
