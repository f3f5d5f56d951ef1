using Reflex.Testing;

namespace Reflex.Orleans.Tests.Support;

/// <summary>What outlives a silo: its logs and its data folder.</summary>
internal sealed class TestData
{
    public MemoryEventLogProvider Logs { get; } = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("reflex-").FullName;
}
