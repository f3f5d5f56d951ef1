using System.Globalization;
using System.Runtime.CompilerServices;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Storage.FileLog.Verifying;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Copying;

/// <summary>
/// Copies a data folder: for a backup, from one that a silo may be using; for a restore, to the one that a silo will use.
/// </summary>
/// <remarks>
/// <para>The order makes the copy consistent. First everything else that lies in the folder goes to <see cref="UnfinishedPath"/>, by
/// whoever it belongs to: cursors, above all. Then <see cref="CopyLogsAsync"/> copies the logs, each up to an event that it had since.
/// As an event is durable before a cursor moves to it, no cursor of the copy is ahead of its head.</para>
/// <para>The copy has its name only after <see cref="Finish"/>; disposal removes one that isn't finished.</para>
/// </remarks>
public sealed class DataFolderCopy : IDisposable
{
    private const long ReportedBytes = 1024 * 1024;

    private readonly DataFolder _source;
    private readonly CopyTarget _target;
    private readonly IFileLayer _from;
    private readonly IFileLayer _to;
    private readonly List<string> _notes = [];

    private DataFolderCopy(DataFolder source, CopyTarget target, IFileLayer from, IFileLayer to)
    {
        _source = source;
        _target = target;
        _from = from;
        _to = to;
    }

    /// <summary>Where the copy lies until it is finished: whatever else belongs into it goes there.</summary>
    public string UnfinishedPath => _target.UnfinishedPath;

    /// <summary>What isn't copied since it is somebody else's, in sentences. Known when the logs are copied.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Begins a copy.</summary>
    /// <param name="source">The data folder.</param>
    /// <param name="target">The copy's folder, which doesn't exist or is empty. Its parent exists.</param>
    /// <param name="access">Who may use the copy.</param>
    /// <returns>The copy; the caller disposes it.</returns>
    /// <exception cref="StorageRefusedException">
    /// The source is no data folder or a newer version's, the target can't be made, or somebody else is about to make it.
    /// </exception>
    public static DataFolderCopy Begin(string source, string target, DataAccess access = DataAccess.Owner)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        var (from, to) = (new DiskFileLayer(), new DiskFileLayer(access));
        var data = DataFolder.LookBeside(from, source);
        try
        {
            return new DataFolderCopy(data, CopyTarget.Make(to, data.Path, target), from, to);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"Nothing can be copied to {target}: {error.Message}", error);
        }
    }

    /// <summary>Copies the logs, and verifies each copy by reading it.</summary>
    /// <param name="progress">
    /// Is told about every mebibyte, of copying and of verifying, on any thread; null when nobody wants to know.
    /// </param>
    /// <param name="cancellationToken">Ends the copying.</param>
    /// <returns>The partitions by stream and number, each as soon as it is copied and found sound.</returns>
    /// <exception cref="LogCorruptedException">A log is damaged, or its copy isn't sound.</exception>
    /// <exception cref="StorageRefusedException">
    /// A log can't be read or is a newer version's, the copy can't be written, or something looks like a log and isn't.
    /// </exception>
    public async IAsyncEnumerable<LogVerification> CopyLogsAsync(
        IProgress<LogVerificationProgress>? progress = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var partitions = await RunAsync(ListPartitions, cancellationToken).ConfigureAwait(false);

        // Each is read twice, as the log and as its copy; it grows meanwhile.
        var total = partitions.Sum(partition => partition.Bytes) * 2;
        long read = 0;
        long reported = 0;
        foreach (var (partition, folder, _) in partitions)
        {
            void OnRead(long bytes)
            {
                read += bytes;
                if (read - reported >= ReportedBytes)
                {
                    reported = read;
                    progress?.Report(new LogVerificationProgress(partition, Math.Min(read, total), total));
                }
            }

            yield return await RunAsync(() => Copy(partition, folder, OnRead, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the copy durable and gives it its name.</summary>
    /// <exception cref="StorageRefusedException">It can't be finished.</exception>
    public void Finish() => Try(() =>
    {
        foreach (var file in (_to.List(UnfinishedPath) ?? []).Where(entry => !entry.IsFolder && entry.Name != DataFolder.LockName))
        {
            using var open = _to.Open(Path.Combine(UnfinishedPath, file.Name), FileOpening.Write);
            open.Flush();
        }

        _to.CreateFolder(StreamsOf(UnfinishedPath));
        _to.FlushFolder(StreamsOf(UnfinishedPath));
        _target.Finish();
        return true;
    });

    /// <summary>Removes the copy, unless it is finished.</summary>
    public void Dispose()
    {
        _target.Dispose();
        _source.Dispose();
    }

    private static string StreamsOf(string folder) => Path.Combine(folder, DataFolder.StreamsName);

    private List<(PartitionId Partition, string Folder, long Bytes)> ListPartitions()
    {
        var (partitions, notes) = FileLogVerifier.List(_from, _source);
        _notes.AddRange(notes);
        return partitions;
    }

    private LogVerification Copy(PartitionId partition, string folder, Action<long> onRead, CancellationToken cancellationToken)
    {
        var stream = Path.Combine(StreamsOf(UnfinishedPath), partition.Stream.Value);
        var copied = Path.Combine(stream, partition.Index.ToString(CultureInfo.InvariantCulture));
        _to.CreateFolder(StreamsOf(UnfinishedPath));
        _to.CreateFolder(stream);
        _to.CreateFolder(copied);
        new PartitionCopy(_from, _to, partition, folder, copied, onRead).Copy(cancellationToken);
        _to.FlushFolder(copied);
        _to.FlushFolder(stream);
        _notes.AddRange(FileLogVerifier.Note(folder, PartitionFolder.Look(_from, folder).Foreign));
        var found = new PartitionVerifier(_to, partition, copied, onRead).Verify(cancellationToken);
        return found.Findings is [var first, ..]
            ? throw new LogCorruptedException($"The copy of {partition} isn't what was written to it: {first.Message}")
            : found;
    }

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) =>
        await Task.Run(() => Try(work), cancellationToken).ConfigureAwait(false);

    private T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (DiskErrors.IsFull(error))
        {
            throw new StorageRefusedException($"There is no room left for {UnfinishedPath}: make some, or name another disk.", error);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"{_source.Path} can't be copied to {UnfinishedPath}: {DiskErrors.Tell(error)}", error);
        }
    }
}
