namespace Reflex.Silo.Running;

/// <summary>Runs the silo until it is told to stop.</summary>
internal static class SiloRun
{
    /// <summary>Builds, starts and runs the silo.</summary>
    /// <param name="build">Builds it.</param>
    /// <returns>
    /// The exit code: 0 after an orderly stop, also of a start that was told to stop; 1 when it couldn't start, and one sentence on stderr
    /// tells why.
    /// </returns>
    public static async Task<int> RunAsync(Func<WebApplication> build)
    {
        using var signals = new StopSignals();
        WebApplication? app = null;
        try
        {
            app = build();
            signals.Told.Register(app.Lifetime.StopApplication);
            await app.StartAsync();
        }
        catch (Exception) when (signals.Told.IsCancellationRequested)
        {
            await StopAsync(app);
            return 0;
        }
        catch (Exception error)
        {
            Terminal.WriteErrorLine($"Reflex can't start: {StartFailure.Explain(error)}");
            await StopAsync(app);
            return 1;
        }

        await using (app)
        {
            Greeting.Say(app.Services);
            await app.WaitForShutdownAsync();
            return 0;
        }
    }

    /// <summary>Stops what has started before something failed, so that its files are closed in order.</summary>
    private static async Task StopAsync(WebApplication? app)
    {
        if (app is null)
        {
            return;
        }

        try
        {
            await app.StopAsync();
        }
        catch (Exception)
        {
            // A silo that was refused half-way refuses to stop as well; why it couldn't start has been said.
        }

        await app.DisposeAsync();
    }
}
