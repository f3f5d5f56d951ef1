namespace Reflex.Testing.Conformance;

/// <summary>Compares what a storage did with what it promised.</summary>
internal static class Expect
{
    public static void That(bool isKept, string promise)
    {
        if (!isKept)
        {
            throw new ConformanceException($"expected {promise}.");
        }
    }

    public static void Same<T>(T expected, T found, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            throw new ConformanceException($"expected {what} to be {expected}, found {found}.");
        }
    }

    /// <summary>The call fails with an exception of a type, or of one derived from it; whether it throws or its task does.</summary>
    public static async Task<TException> FailsAsync<TException>(Func<ValueTask> call, string what)
        where TException : Exception
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (TException error)
        {
            return error;
        }
        catch (Exception error)
        {
            throw new ConformanceException(
                $"expected {what} to fail with {typeof(TException).Name}, found {error.GetType().Name}: {error.Message}", error);
        }

        throw new ConformanceException($"expected {what} to fail with {typeof(TException).Name}, but it succeeded.");
    }
}
