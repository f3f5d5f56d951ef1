using Reflex.Storage;
using Reflex.Testing;
using Reflex.Testing.Conformance;

namespace Reflex.Tests.Testing;

public sealed class MemoryEventLogConformanceTests : EventLogConformance
{
    private readonly MemoryEventLogProvider _provider = new();

    public static TheoryData<string> Checks => [.. CheckNames];

    [Theory]
    [MemberData(nameof(Checks))]
    public Task Conforms(string check) => RunAsync(check, TestContext.Current.CancellationToken);

    protected override ValueTask<IEventLogProvider> StartAsync(CancellationToken cancellationToken) => new(_provider);
}
