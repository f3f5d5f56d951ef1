using System.Globalization;
using System.Runtime.CompilerServices;
using Reflex.Cursors;
using Reflex.Storage.FileLog.Files;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Verifying;

/// <summary>Verifies a data folder of the file log. It needs no write permission; no silo may use the folder meanwhile.</summary>
public sealed class FileLogVerifier : IEventLogVerifier
{
    private const long ReportedBytes = 1024 * 1024;

    private readonly string _path;
    private readonly IFileLayer _layer;

    /// <summary>A verifier.</summary>
    /// <param name="path">The data folder; see <see cref="FileLogOptions.Path"/>.</param>
    public FileLogVerifier(string path)
        : this(path, new DiskFileLayer())
    {
    }

    internal FileLogVerifier(string path, IFileLayer layer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = path;
        _layer = layer;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogVerification> VerifyAsync(
        IProgress<LogVerificationProgress>? progress = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var data = await Task.Run(() => DataFolder.Look(_layer, _path), cancellationToken).ConfigureAwait(false);
        var partitions = await Task.Run(() => List(data), cancellationToken).ConfigureAwait(false);
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

    private List<(PartitionId Partition, string Folder, long Bytes)> List(DataFolder data)
    {
        var partitions = new List<(PartitionId Partition, string Folder, long Bytes)>();
        try
        {
            foreach (var stream in _layer.List(data.StreamsPath) ?? [])
            {
                var streamPath = Path.Combine(data.StreamsPath, stream.Name);
                foreach (var index in stream.IsFolder ? _layer.List(streamPath) ?? [] : throw Foreign(data.StreamsPath, stream.Name))
                {
                    var partition = Parse(stream.Name, index) ?? throw Foreign(streamPath, index.Name);
                    var folder = Path.Combine(streamPath, index.Name);
                    partitions.Add((partition, folder, (_layer.List(folder) ?? []).Sum(file => file.Length)));
                }
            }
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"The data folder {data.Path} can't be read: {error.Message}", error);
        }

        return [.. partitions.OrderBy(entry => entry.Partition.Stream).ThenBy(entry => entry.Partition.Index)];
    }

    private static PartitionId? Parse(string stream, FileEntry entry)
    {
        try
        {
            return entry.IsFolder
                && int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < Cursor.MaxPartitions
                && entry.Name == index.ToString(CultureInfo.InvariantCulture)
                ? new PartitionId(stream, index)
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static StorageRefusedException Foreign(string folder, string name) => new(
        $"The folder {folder} holds {name}, which is not the file log's: move it elsewhere, so that all that is there can be verified.");
}
