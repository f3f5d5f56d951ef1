using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Testing.Conformance;

namespace Reflex.Storage.FileLog.Tests.Conformance;

public sealed class FileLogConformanceTests : EventLogConformance, IDisposable
{
    private readonly TempFolder _temp = new();

    public static TheoryData<string> Checks => [.. CheckNames];

    [Theory]
    [MemberData(nameof(Checks))]
    public Task Conforms(string check) => RunAsync(check, TestContext.Current.CancellationToken);

    public void Dispose() => _temp.Dispose();

    protected override async ValueTask<IEventLogProvider> StartAsync(CancellationToken cancellationToken)
    {
        var options = new FileLogOptions { Path = _temp.Data, SegmentSizeBytes = 32 * 1024, IndexIntervalBytes = 4096 };
        var provider = new FileLogProvider(options, new DiskFileLayer(), NullLogger<FileLogProvider>.Instance);
        await provider.StartAsync(cancellationToken);
        return provider;
    }
}
