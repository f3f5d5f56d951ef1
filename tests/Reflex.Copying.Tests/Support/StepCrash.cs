namespace Reflex.Copying.Tests.Support;

/// <summary>Ends a copy at one of its steps, before or after what the step does.</summary>
/// <param name="kind">Which kind of step it is; null for any.</param>
/// <param name="at">Which of them, from 0.</param>
/// <param name="isAfter">Whether the step is done first.</param>
internal sealed class StepCrash(string? kind, int at, bool isAfter) : Steps
{
    private int _step;

    /// <summary>The kinds that there are, in the order of a copy.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["begin", "open", "import", "delete", "finish"];

    protected override ValueTask BeforeAsync(string step) =>
        IsWanted(step) && _step == at && !isAfter ? throw new CrashException() : ValueTask.CompletedTask;

    protected override ValueTask AfterAsync(string step) =>
        IsWanted(step) && _step++ == at ? throw new CrashException() : ValueTask.CompletedTask;

    private bool IsWanted(string step) => kind is null || kind == step;
}
