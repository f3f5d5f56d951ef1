namespace Reflex.Cluster.Tests.History;

/// <summary>What one reader has seen, in a file.</summary>
/// <param name="path">The file.</param>
internal sealed class SeenEvents(string path) : IDisposable
{
    private readonly BinaryWriter _writer = new(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));

    public long Count { get; private set; }

    public void Add(SeenEvent e)
    {
        _writer.Write((short)e.Partition);
        _writer.Write(e.Id);
        _writer.Write((short)e.Identity.Appender);
        _writer.Write(e.Identity.Number);
        Count++;
    }

    /// <summary>All of them, when no more come.</summary>
    public IEnumerable<SeenEvent> Read()
    {
        _writer.Flush();
        using var reader = new BinaryReader(File.OpenRead(path));
        for (var left = Count; left > 0; left--)
        {
            yield return new SeenEvent(reader.ReadInt16(), reader.ReadInt64(), new Identity(reader.ReadInt16(), reader.ReadInt64()));
        }
    }

    public void Dispose() => _writer.Dispose();
}
