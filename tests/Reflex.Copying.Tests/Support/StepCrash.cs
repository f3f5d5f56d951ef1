namespace Reflex.Copying.Tests.Support;

/// <summary>Ends a copy at one of its steps, before or after what the step does.</summary>
/// <param name="at">The step, from 0.</param>
/// <param name="isAfter">Whether the step is done first.</param>
internal sealed class StepCrash(int at, bool isAfter) : Steps
{
    private int _step;

    /// <summary>Which it was; null when the copy has ended before.</summary>
    public string? Crashed { get; private set; }

    protected override ValueTask BeforeAsync(string step) => _step == at && !isAfter ? throw Crash(step) : ValueTask.CompletedTask;

    protected override ValueTask AfterAsync(string step) => _step++ == at ? throw Crash(step) : ValueTask.CompletedTask;

    private CrashException Crash(string step)
    {
        Crashed = step;
        return new CrashException();
    }
}
