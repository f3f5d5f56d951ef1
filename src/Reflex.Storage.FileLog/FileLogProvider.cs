using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog;

/// <summary>The embedded storage: logs in segment files in a data folder, for one process.</summary>
internal sealed partial class FileLogProvider : IEventLogProvider, IDisposable
{
    // An index of a whole segment takes some 32 KiB at the default sizes, so that all of them take a few MiB.
    private const int MaxIndexes = 128;

    // As many as a fast device serves at once. Each has a file open, so that few open files allow fewer.
    private const int MaxReadThreads = 16;
    private const int MinReadThreads = 4;

    // Each takes three quarters of a KiB, its caller's part included: 48 MiB.
    private const int MaxWaitingReads = 64 * 1024;

    // More than so many files need not be kept open: opening one takes some microseconds.
    private const int MostOpenFiles = 1024;

    private readonly ConcurrentDictionary<string, bool> _flushedParents = new();
    private readonly ConcurrentDictionary<string, bool> _lookedInto = new();
    private readonly FileLogOptions _options;
    private readonly LogContext _context;
    private readonly ILogger _logger;
    private readonly bool _isReadOnly;
    private DataFolder? _folder;

    public FileLogProvider(FileLogOptions options, IFileLayer layer, ILogger<FileLogProvider> logger)
        : this(options, layer, logger, Epochs.Next)
    {
    }

    /// <summary>The logs of a folder that the caller has taken.</summary>
    /// <param name="folder">The folder, which is given back with this object.</param>
    /// <param name="layer">How it is reached.</param>
    /// <param name="isReadOnly">Whether logs are only read.</param>
    internal FileLogProvider(DataFolder folder, IFileLayer layer, bool isReadOnly)
        : this(new FileLogOptions { Path = folder.Path }, layer, NullLogger<FileLogProvider>.Instance)
    {
        _folder = folder;
        _isReadOnly = isReadOnly;
    }

    internal FileLogProvider(
        FileLogOptions options, IFileLayer layer, ILogger<FileLogProvider> logger, Func<long, bool, long> drawEpoch)
    {
        _options = options;
        _logger = logger;
        var files = new FileCache(options.MaxOpenFiles ?? ShareOf(OpenFileLimit.OfTheProcess));
        _context = new LogContext(
            new ThriftyLayer(layer, files),
            files,
            new IndexCache(MaxIndexes),
            new DiskThreads(options.MaxDiskThreads),
            new ReadThreads(Math.Clamp(files.MaxOpen / 4, MinReadThreads, MaxReadThreads), MaxWaitingReads),
            options,
            logger)
        {
            DrawEpoch = drawEpoch,
        };
    }

    public string Name => "file log";

    public bool ServesClusters => false;

    public Durability Durability => _options.Durability;

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_folder is null)
        {
            await _context.Threads.RunAsync(() => _folder = Take()).ConfigureAwait(false);
            LogStarted(_logger, _folder!.Path, _options.Durability);
        }
    }

    public async ValueTask<IEventLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        var folder = StartedToWrite();
        cancellationToken.ThrowIfCancellationRequested();
        IEventLog? log = null;
        await _context.Threads.RunAsync(() => log = Open(folder, partition)).ConfigureAwait(false);
        return log!;
    }

    public async ValueTask BeginAsync(PartitionId partition, LogStart start, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        start.ThrowIfImpossible(nameof(start));
        var folder = StartedToWrite();
        cancellationToken.ThrowIfCancellationRequested();
        await _context.Threads.RunAsync(() => Begin(folder, partition, start)).ConfigureAwait(false);
    }

    public async ValueTask<IEventLogReader?> OpenReaderAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        var folder = Started();
        cancellationToken.ThrowIfCancellationRequested();
        IEventLogReader? reader = null;
        await _context.Threads.RunAsync(() => reader = OpenReader(folder, partition)).ConfigureAwait(false);
        return reader;
    }

    public async ValueTask<long> GetEpochAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        var folder = Started();
        cancellationToken.ThrowIfCancellationRequested();
        long epoch = 0;
        await _context.Threads.RunAsync(() => epoch = GetEpoch(folder, partition)).ConfigureAwait(false);
        return epoch;
    }

    public async ValueTask DeleteAsync(PartitionId partition, long epoch, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        var folder = StartedToWrite();
        cancellationToken.ThrowIfCancellationRequested();
        await _context.Threads.RunAsync(() => Delete(folder, partition, epoch)).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken)
    {
        var folder = Started();
        cancellationToken.ThrowIfCancellationRequested();
        var partitions = new List<PartitionId>();
        await _context.Threads.RunAsync(() => partitions.AddRange(List(folder, stream, isDeleted: false))).ConfigureAwait(false);
        return partitions;
    }

    public async ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken)
    {
        var folder = Started();
        cancellationToken.ThrowIfCancellationRequested();
        var deleted = new List<DeletedLog>();
        await _context.Threads.RunAsync(() => deleted.AddRange(
            List(folder, only: null, isDeleted: true).Select(partition => FindDeleted(folder, partition)).OfType<DeletedLog>()))
            .ConfigureAwait(false);
        return deleted;
    }

    /// <summary>Gives the data folder back. The logs are closed before.</summary>
    public void Dispose()
    {
        _context.Threads.Dispose();
        _context.Reads.Dispose();
        _folder?.Dispose();
    }

    /// <summary>How many files the log keeps open in a process that may have so many.</summary>
    internal static int ShareOf(int limit) =>
        Math.Clamp(OpenFileLimit.RestOf(limit), FileLogOptionsValidator.MinOpenFiles, MostOpenFiles);

    private static void RequireStream(PartitionId partition)
    {
        if (partition.Stream.IsDefault)
        {
            throw new ArgumentException("The partition has no stream.", nameof(partition));
        }
    }

    private DataFolder Started() => _folder
        ?? throw new InvalidOperationException($"The file log is not started: await {nameof(StartAsync)} before anything else.");

    private DataFolder StartedToWrite() => !_isReadOnly
        ? Started()
        : throw new InvalidOperationException("The data folder was opened to be read, and nothing in it is changed.");

    private IEnumerable<PartitionId> List(DataFolder data, StreamName? only, bool isDeleted)
    {
        try
        {
            return
            [
                .. from stream in only is { } name ? [name.Value] : StreamsFolder.ListStreams(_context.Layer, data.StreamsPath).Own
                   let path = Path.Combine(data.StreamsPath, stream)
                   from partition in StreamsFolder.ListPartitions(_context.Layer, path).Own
                   where IsDeleted(Path.Combine(path, partition)) == isDeleted
                   select StreamsFolder.PartitionOf(stream, partition),
            ];
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StorageRefusedException($"The logs in {data.StreamsPath} can't be listed: {error.Message}", error);
        }
    }

    private DataFolder Take()
    {
        var data = DataFolder.Take(_context.Layer, _options.Path);
        WarnOfForeign(data.Path, data.Foreign);
        WarnOfForeign(data.StreamsPath, data.ForeignStreams);
        if (data.LeftOpen is [var first, ..])
        {
            LogLeftOpen(_logger, first, data.LeftOpen.Count - 1);
        }

        return data;
    }

    private void WarnOfForeign(string folder, IReadOnlyCollection<string> names)
    {
        if (names.Count > 0)
        {
            LogForeign(_logger, folder, PlainText.List(names));
        }
    }

    private PartitionFileLog Open(DataFolder data, PartitionId partition) => Use(data, partition, (stream, folder) =>
    {
        Make(stream, folder);
        return PartitionFileLog.Open(_context, partition, folder, () => FlushParents(data, stream, folder));
    });

    private bool Begin(DataFolder data, PartitionId partition, LogStart start) => Use(data, partition, (stream, folder) =>
    {
        Make(stream, folder);
        PartitionFileLog.Begin(_context, partition, folder, start, () => FlushParents(data, stream, folder));
        return true;
    });

    private void Make(string stream, string folder)
    {
        _context.Layer.CreateFolder(stream);
        if (_lookedInto.TryAdd(stream, true))
        {
            WarnOfForeign(stream, StreamsFolder.ListPartitions(_context.Layer, stream).NotOwn);
        }

        _context.Layer.CreateFolder(folder);
    }

    private PartitionFileReader? OpenReader(DataFolder data, PartitionId partition) =>
        Use(data, partition, (_, folder) => PartitionFileReader.Open(_context, partition, folder));

    private DeletedLog? FindDeleted(DataFolder data, PartitionId partition) =>
        Use(data, partition, (_, folder) => PartitionFileReader.FindDeleted(_context, partition, folder));

    private long GetEpoch(DataFolder data, PartitionId partition) =>
        Use(data, partition, (_, folder) => PartitionFolder.GetEpoch(_context.Layer, folder));

    private bool Delete(DataFolder data, PartitionId partition, long epoch) => Use(data, partition, (stream, folder) =>
    {
        var isThere = _context.Layer.List(folder) is not null;
        if (isThere)
        {
            PartitionFileLog.Delete(_context, partition, epoch, folder, () => FlushParents(data, stream, folder));
        }

        return isThere;
    });

    /// <summary>Does something with a partition's folder, and tells how it fails.</summary>
    private static T Use<T>(DataFolder data, PartitionId partition, Func<string, string, T> action)
    {
        var stream = Path.Combine(data.StreamsPath, partition.Stream.Value);
        var folder = Path.Combine(stream, partition.Index.ToString(CultureInfo.InvariantCulture));
        try
        {
            return action(stream, folder);
        }
        catch (UnauthorizedAccessException error)
        {
            throw DiskErrors.ToRefusal(partition, error);
        }
        catch (IOException error)
        {
            throw DiskErrors.ToLogFailure(partition, folder, error);
        }
    }

    /// <summary>Once in a process' life is enough: nothing removes these folders.</summary>
    private void FlushParents(DataFolder data, string stream, string folder)
    {
        foreach (var (name, parent) in new[] { (stream, data.StreamsPath), (folder, stream) })
        {
            if (!_flushedParents.ContainsKey(name))
            {
                _context.Layer.FlushFolder(parent);
                _flushedParents[name] = true;
            }
        }
    }

    /// <summary>Whether a partition's log was deleted; of an owner that can't be read the opening says so.</summary>
    private bool IsDeleted(string folder)
    {
        var path = Path.Combine(folder, PartitionFolder.OwnerName);
        try
        {
            using var file = _context.Layer.Open(path, FileOpening.Read);
            return OwnerFile.Read(file, path).IsDeleted;
        }
        catch (Exception error) when (DiskErrors.IsDisk(error) || error is StorageRefusedException)
        {
            return false;
        }
    }
}
