namespace Reflex.Cluster.Tests.Faults;

/// <summary>A silo is stopped in order, and comes back with a clock that is wrong by an hour, until its next life.</summary>
/// <param name="library">The file of libfaketime.</param>
internal sealed class ClockChange(string library) : IFault
{
    public FaultKind Kind => FaultKind.ClockWrong;

    /// <summary>The file of libfaketime; null when it isn't installed.</summary>
    public static string? FindLibrary() => Directory.Exists("/usr/lib")
        ? Directory.GetDirectories("/usr/lib")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists)
        : null;

    public async Task RunAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var silo = scene.Pick();
        await silo.StopAsync();
        scene.Mark();
        silo.Start(new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME"] = scene.Random.Next(2) == 0 ? "+1h" : "-1h",

            // The time of day is wrong; how fast it goes is right.
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["DONT_FAKE_MONOTONIC"] = "1",
        });
    }
}
