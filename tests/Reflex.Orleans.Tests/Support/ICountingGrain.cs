namespace Reflex.Orleans.Tests.Support;

/// <summary>An application's own interface of a consumer grain.</summary>
public interface ICountingGrain : IGrainWithStringKey
{
    Task<int> CountAsync();
}
