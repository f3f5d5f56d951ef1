namespace Reflex.Orleans.Logs;

/// <summary>Asks a storage for whoever wants to know, together. Thread-safe.</summary>
/// <remarks>
/// An answer says what was so after the asking began. Who comes while it is under way has looked at the log since, perhaps, so that the
/// answer proves nothing to him: he joins the next one, which begins when this one has ended. However many ask, one is under way and one
/// waits.
/// </remarks>
/// <param name="ask">Asks the storage. It begins after the call and blocks no thread.</param>
internal sealed class SharedConfirmation(Func<Task> ask)
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>Asks; what the caller looked at before this call was so, if it succeeds.</summary>
    public Task AskAsync()
    {
        lock (_lock)
        {
            if (_next is not null)
            {
                return _next;
            }

            return _running.IsCompleted ? _running = ask() : _next = AskAfterAsync(_running);
        }
    }

    private async Task AskAfterAsync(Task running)
    {
        // Yielding, since the one before may have ended already: this task must be the next one before it can become the running one.
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
        {
            // Who comes from now on isn't sure to have come before the asking.
            (_running, _next) = (_next!, null);
        }

        await ask().ConfigureAwait(false);
    }
}
