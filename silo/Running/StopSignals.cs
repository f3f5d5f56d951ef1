using System.Runtime.InteropServices;

namespace Reflex.Silo.Running;

/// <summary>Takes every signal that asks the process to end as a wish for an orderly stop, from its first moment to its last.</summary>
/// <remarks>
/// The host listens to some of them, and only while it runs. The loss of the terminal is one that it leaves out; where that was ignored
/// when the process began, as nohup does, the runtime leaves it so.
/// </remarks>
internal sealed class StopSignals : IDisposable
{
    private static readonly PosixSignal[] All = [PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM];

    private readonly CancellationTokenSource _told = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations = [.. All.Select(signal => PosixSignalRegistration.Create(signal, Take))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Told => _told.Token;

    /// <summary>Leaves the source, which a handler that runs just now may still cancel.</summary>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    private void Take(PosixSignalContext context)
    {
        // The default would be to end at once.
        context.Cancel = true;
        _told.Cancel();
    }
}
