using Reflex.Testing;

namespace Reflex.Orleans.Tests.Support;

/// <summary>What outlives a silo: its logs and its data folder.</summary>
/// <param name="folder">Another's data folder; null makes one.</param>
internal sealed class TestData(string? folder = null)
{
    public MemoryEventLogProvider Logs { get; } = new();

    public string Folder { get; } = folder ?? Directory.CreateTempSubdirectory("reflex-").FullName;
}
