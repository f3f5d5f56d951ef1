using Reflex.Events;

namespace Reflex.Consumers;

/// <summary>Decides what becomes of an error of a consumer's logic.</summary>
/// <param name="e">The event that the logic failed on.</param>
/// <param name="error">Its error.</param>
/// <param name="cancellationToken">Cancelled when the run is.</param>
/// <returns>
/// Null to swallow the error: the event counts as handled, is counted as recovered and logged. Otherwise the error that ends
/// the run: the same one, or another in its place.
/// </returns>
public delegate ValueTask<Exception?> ErrorRecovery(Event e, Exception error, CancellationToken cancellationToken);
