using System.Collections.Concurrent;

namespace Reflex.Orleans.Tests.Support;

/// <summary>
/// Counts the calls of a silo's grains by method, and holds or fails those that a test says, as a fault in their code would.
/// </summary>
internal sealed class GrainCalls : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    /// <summary>What a call of a method throws; null lets it through.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    /// <summary>What a call of a method waits for before it begins.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Hears of a method when a call of it has ended.</summary>
    public Action<string> After { get; set; } = _ => { };

    public int CountOf(string method) => _counts.GetValueOrDefault(method);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        _counts.AddOrUpdate(context.MethodName, 1, (_, count) => count + 1);
        await Before(context.MethodName);
        try
        {
            await (Fault(context.MethodName) is { } fault ? throw fault : context.Invoke());
        }
        finally
        {
            After(context.MethodName);
        }
    }
}
