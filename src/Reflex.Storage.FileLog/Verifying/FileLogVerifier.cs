using System.Runtime.CompilerServices;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Verifying;

/// <summary>Verifies a data folder of the file log. It needs no write permission; no silo may use the folder meanwhile.</summary>
public sealed class FileLogVerifier : IEventLogVerifier
{
    private const long ReportedBytes = 1024 * 1024;

    private readonly Func<DataFolder> _look;
    private readonly bool _ownsFolder;
    private readonly IFileLayer _layer;

    /// <summary>A verifier of all logs of a data folder; nothing is opened yet.</summary>
    /// <param name="path">The data folder; see <see cref="FileLogOptions.Path"/>.</param>
    public FileLogVerifier(string path)
        : this(path, new DiskFileLayer())
    {
    }

    internal FileLogVerifier(string path, IFileLayer layer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _look = () => DataFolder.Look(layer, path);
        _ownsFolder = true;
        _layer = layer;
    }

    /// <summary>A verifier of a folder that somebody else holds.</summary>
    internal FileLogVerifier(DataFolder folder, IFileLayer layer)
    {
        _look = () => folder;
        _layer = layer;
    }

    /// <summary>
    /// What lies above the partitions and isn't the file log's, in sentences: no fault. Known when the first partition is verified.
    /// </summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogVerification> VerifyAsync(
        IProgress<LogVerificationProgress>? progress = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var data = await Task.Run(_look, cancellationToken).ConfigureAwait(false);
        using var held = _ownsFolder ? data : null;
        var (partitions, notes) = await Task.Run(() => List(_layer, data), cancellationToken).ConfigureAwait(false);
        Notes = notes;
        var total = partitions.Sum(partition => partition.Bytes);
        long verified = 0;
        long reported = 0;
        foreach (var (partition, folder, _) in partitions)
        {
            var verifier = new PartitionVerifier(_layer, partition, folder, bytes =>
            {
                verified += bytes;
                if (verified - reported >= ReportedBytes || verified == total)
                {
                    reported = verified;
                    progress?.Report(new LogVerificationProgress(partition, verified, total));
                }
            });
            yield return await Task.Run(() => verifier.Verify(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A sentence about names that are somebody else's, if there are any.</summary>
    internal static IReadOnlyList<string> Note(string folder, IReadOnlyCollection<string> foreign) =>
        foreign.Count > 0 ? [$"The folder {folder} holds {PlainText.List(foreign)}, which is not Reflex's and is left alone."] : [];

    /// <summary>The partitions of a data folder, in order, and what lies above them that is somebody else's.</summary>
    internal static (List<(PartitionId Partition, string Folder, long Bytes)> Partitions, List<string> Notes) List(
        IFileLayer layer, DataFolder data)
    {
        try
        {
            var notes = new List<string>(Note(data.Path, data.Foreign));
            var partitions = new List<(PartitionId Partition, string Folder, long Bytes)>();
            foreach (var stream in OwnOf(data.StreamsPath, StreamsFolder.ListStreams(layer, data.StreamsPath), notes))
            {
                var path = Path.Combine(data.StreamsPath, stream);
                foreach (var name in OwnOf(path, StreamsFolder.ListPartitions(layer, path), notes))
                {
                    var folder = Path.Combine(path, name);
                    partitions.Add((StreamsFolder.PartitionOf(stream, name), folder, PartitionFolder.Look(layer, folder).Bytes));
                }
            }

            return ([.. partitions.OrderBy(entry => entry.Partition.Stream).ThenBy(entry => entry.Partition.Index)], notes);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"The data folder {data.Path} can't be read: {error.Message}", error);
        }
    }

    private static IReadOnlyList<string> OwnOf(string folder, FolderNames names, List<string> notes)
    {
        notes.AddRange(Note(folder, names.Foreign));
        return names.Refused is [var first, ..]
            ? throw new StorageRefusedException(
                $"The folder {folder} holds {PlainText.Of(first)}, which is not the file log's: move it elsewhere, so that all that " +
                "is there can be verified.")
            : names.Own;
    }
}
