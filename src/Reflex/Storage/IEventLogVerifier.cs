namespace Reflex.Storage;

/// <summary>
/// Verifies everything that a storage holds, for an operator. A storage may offer it beside <see cref="IEventLogProvider"/>.
/// </summary>
/// <remarks>
/// It needs no started provider; where a storage serves one process at a time, it is refused while one runs. Nothing is changed,
/// not even what an opening would repair. What it finds is answered, not thrown: it goes on after damage.
/// </remarks>
public interface IEventLogVerifier
{
    /// <summary>Verifies every checksum, id and index of all partitions, one after the other. Memory doesn't grow with the logs.</summary>
    /// <param name="progress">Is told about every mebibyte, on any thread; null when nobody wants to know.</param>
    /// <param name="cancellationToken">Ends the verification.</param>
    /// <returns>The partitions by stream and number, each as soon as it is verified.</returns>
    /// <exception cref="StorageRefusedException">
    /// The storage can't be verified: it isn't there, is in use, or of a newer version.
    /// </exception>
    IAsyncEnumerable<LogVerification> VerifyAsync(
        IProgress<LogVerificationProgress>? progress = null, CancellationToken cancellationToken = default);
}
