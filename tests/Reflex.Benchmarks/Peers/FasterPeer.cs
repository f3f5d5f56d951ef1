using FASTER.core;

namespace Reflex.Benchmarks.Peers;

/// <summary>
/// The log of FASTER, in this process, at its default sizes. Either an append is done when the log has it in memory, as its
/// users do it when they want speed, or when a commit has written it.
/// </summary>
internal sealed class FasterPeer(string folder, bool waitsForCommit) : IMeasuredSystem
{
    private readonly List<FasterStream> _streams = [];

    public string Name => waitsForCommit ? "faster committed" : "faster in memory";

    public bool IsOurs => false;

    public bool IsFlushed => waitsForCommit;

    public bool KeepsEvents => true;

    public Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken)
    {
        var stream = new FasterStream(new FasterLogSettings(Path.Combine(folder, name)), waitsForCommit);
        _streams.Add(stream);
        return Task.FromResult<IMeasuredStream>(stream);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams)
        {
            await stream.DisposeAsync();
        }
    }
}
