namespace Reflex.Copying.Tests.Support;

/// <summary>Is told of each change of a target.</summary>
internal abstract class Steps
{
    protected abstract ValueTask BeforeAsync(string step);

    protected virtual ValueTask AfterAsync(string step) => ValueTask.CompletedTask;

    public async ValueTask<T> RunAsync<T>(string step, Func<ValueTask<T>> run)
    {
        await BeforeAsync(step);
        var result = await run();
        await AfterAsync(step);
        return result;
    }

    public async ValueTask RunAsync(string step, Func<ValueTask> run) => await RunAsync(step, async () =>
    {
        await run();
        return true;
    });
}
