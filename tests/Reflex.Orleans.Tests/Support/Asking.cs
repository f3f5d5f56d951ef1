namespace Reflex.Orleans.Tests.Support;

/// <summary>Waits by asking again: each question is a call that lets the others run.</summary>
internal static class Asking
{
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isIt)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var answer = await ask();
            if (isIt(answer))
            {
                return answer;
            }

            await Task.Yield();
        }
    }

    /// <summary>Calls again while the call says that this may help.</summary>
    public static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (ReflexException error) when (error.IsTransient)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
