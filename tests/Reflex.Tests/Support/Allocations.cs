namespace Reflex.Tests.Support;

/// <summary>Asserts on what code allocates.</summary>
internal static class Allocations
{
    // Now and then the runtime counts what was left of the thread's allocation window, of 8 KiB, as allocated; its own tests
    // met that too (dotnet/runtime issues 13502 and 63487). The smallest object, of 24 bytes, is allocated as often as code runs here.
    private const int Inaccuracy = 8 * 1024;
    private const int Times = 1000;

    /// <summary>Fails when code that has run before allocates an object each time that it runs again.</summary>
    public static void AssertNone(Action action)
    {
        Run(action);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(action);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Inaccuracy);
    }

    private static void Run(Action action)
    {
        for (var i = 0; i < Times; i++)
        {
            action();
        }
    }
}
