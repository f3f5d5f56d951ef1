namespace Reflex.Orleans.Tests.Support;

/// <summary>Fails where Orleans runs code of a grain: in its constructor, its activation, its method, and with its answer.</summary>
internal sealed class FailingGrain : Grain, IFailingGrain
{
    public const string Constructor = "constructor";
    public const string Activation = "activation";
    public const string CancelledActivation = "cancelled activation";
    public const string Operation = "operation";
    public const string Null = "null";
    public const string OwnType = "own type";
    public const string Answer = "answer";

    public FailingGrain()
    {
        if (this.GetPrimaryKeyString() == Constructor)
        {
            throw new KeyNotFoundException("No such service.");
        }
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken) => this.GetPrimaryKeyString() switch
    {
        Activation => throw new KeyNotFoundException("No such state."),
        CancelledActivation => throw new OperationCanceledException("As one that takes too long."),
        _ => Task.CompletedTask,
    };

    public Task<object> CallAsync() => this.GetPrimaryKeyString() switch
    {
        Operation => throw new InvalidOperationException("Not now."),
        Null => throw new NullReferenceException(),
        OwnType => throw new OwnException(),
        Answer => Task.FromResult<object>(new Unserializable()),
        var key => Task.FromResult<object>(key),
    };

    private sealed class OwnException : Exception;

    private sealed class Unserializable;
}
