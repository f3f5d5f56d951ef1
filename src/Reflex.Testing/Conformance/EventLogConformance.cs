using Reflex.Storage;

namespace Reflex.Testing.Conformance;

/// <summary>
/// Everything that <see cref="IEventLogProvider"/> and <see cref="IEventLog"/> promise, as checks that any storage must pass.
/// </summary>
/// <remarks>
/// <para>It needs no test framework; the storage's test project derives a class and runs each check as a test. With xunit:</para>
/// <code>
/// public sealed class MyStorageConformanceTests : EventLogConformance
/// {
///     public static TheoryData&lt;string&gt; Checks =&gt; [.. CheckNames];
///
///     [Theory, MemberData(nameof(Checks))]
///     public Task Conforms(string check) =&gt; RunAsync(check, TestContext.Current.CancellationToken);
///
///     protected override async ValueTask&lt;IEventLogProvider&gt; StartAsync(CancellationToken cancellationToken) { … }
/// }
/// </code>
/// <para>A check uses streams of its own, so that all may share one storage. Nothing here depends on time but how long the
/// checks that let calls race go on; a storage that hangs is ended by the token.</para>
/// </remarks>
public abstract class EventLogConformance
{
    private static readonly ConformanceCheck[] Checks =
    [
        .. AppendChecks.All, .. BufferChecks.All, .. ReadChecks.All, .. OwnerChecks.All, .. ConfirmChecks.All,
        .. CloseChecks.All, .. TrimChecks.All, .. DeleteChecks.All, .. DeleteEpochChecks.All, .. ReaderChecks.All,
        .. ImportChecks.All, .. LimitChecks.All, .. SequenceChecks.All,
    ];

    /// <summary>The names of all checks, in the form What_When_Expected.</summary>
    public static IReadOnlyList<string> CheckNames { get; } = [.. Checks.Select(check => check.Name)];

    /// <summary>
    /// How much must be in a log so that trimming it to almost nothing surely removes something: a few times the unit in which the
    /// storage removes events. Set the storage up with a small unit where it can be chosen; the checks append twice this much.
    /// </summary>
    /// <value>In bytes. The default is 256 KiB. At least 64 KiB.</value>
    protected virtual long TrimmableBytes => 256 * 1024;

    /// <summary>Runs one check on the storage.</summary>
    /// <param name="checkName">One of <see cref="CheckNames"/>.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>A task that ends when the check has passed.</returns>
    /// <exception cref="ConformanceException">The storage breaks a promise; the message names the check, and what broke it.</exception>
    /// <exception cref="ArgumentException">There is no such check.</exception>
    public async Task RunAsync(string checkName, CancellationToken cancellationToken)
    {
        var check = Checks.FirstOrDefault(check => check.Name == checkName)
            ?? throw new ArgumentException($"There is no check '{checkName}'; {nameof(CheckNames)} lists them.", nameof(checkName));
        var provider = await StartAsync(cancellationToken).ConfigureAwait(false);
        var run = new ConformanceRun(provider, StartAsync, StopAsync, TrimmableBytes, cancellationToken);
        try
        {
            await check.Body(run).ConfigureAwait(false);
            await run.CloseAllAsync().ConfigureAwait(false);
        }
        catch (ConformanceException error)
        {
            throw new ConformanceException($"{check.Name}, {run.Provider.Name}: {error.Message}", error);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConformanceException(
                $"{check.Name}, {run.Provider.Name}: it ended with {error.GetType().Name}, which nothing asked for: {error.Message}",
                error);
        }
        finally
        {
            await run.StopAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Starts the storage as a process that begins does. Checks stop it and start it again, and find what was stored before.
    /// </summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>A provider whose <see cref="IEventLogProvider.StartAsync"/> has ended.</returns>
    protected abstract ValueTask<IEventLogProvider> StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops the storage as a process that ends does. The default disposes a provider that can be disposed.</summary>
    /// <param name="provider">What <see cref="StartAsync"/> gave. A check that failed may have left logs of it open.</param>
    /// <returns>A task that ends when the storage can be started again.</returns>
    protected virtual async ValueTask StopAsync(IEventLogProvider provider)
    {
        switch (provider)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}
