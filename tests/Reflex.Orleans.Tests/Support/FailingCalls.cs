namespace Reflex.Orleans.Tests.Support;

/// <summary>Fails calls of one method of the silo's grains, as a fault in their code would.</summary>
internal sealed class FailingCalls(string method) : IIncomingGrainCallFilter
{
    /// <summary>What such a call throws; null lets it through.</summary>
    public Func<Exception?> Fault { get; set; } = () => null;

    public Task Invoke(IIncomingGrainCallContext context) =>
        context.MethodName == method && Fault() is { } fault ? throw fault : context.Invoke();
}
