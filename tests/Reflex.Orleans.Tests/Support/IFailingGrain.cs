namespace Reflex.Orleans.Tests.Support;

/// <summary>A grain whose calls fail in the way that its key names.</summary>
public interface IFailingGrain : IGrainWithStringKey
{
    Task<object> CallAsync();
}
