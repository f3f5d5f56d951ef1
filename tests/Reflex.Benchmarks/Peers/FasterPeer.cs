using FASTER.core;

namespace Reflex.Benchmarks.Peers;

/// <summary>
/// The log of FASTER, in this process. Either an append is done when the log has it in memory, as its users do it when they want
/// speed, or when a commit has written it, which it does through to the device.
/// </summary>
internal sealed class FasterPeer(string folder, bool waitsForCommit) : IMeasuredSystem
{
    // Its default, two pages of 4 MiB, makes appends wait for pages that are being written.
    private const int MemorySizeBits = 28;

    private readonly List<FasterStream> _streams = [];

    public string Name => NameOf(waitsForCommit);

    public bool IsOurs => false;

    public bool IsFlushed => waitsForCommit;

    public bool IsLog => true;

    public static string NameOf(bool waitsForCommit) => waitsForCommit ? "faster committed" : "faster in memory";

    public Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken)
    {
        var settings = new FasterLogSettings(Path.Combine(folder, name)) { MemorySizeBits = MemorySizeBits };
        var stream = new FasterStream(settings, waitsForCommit);
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
