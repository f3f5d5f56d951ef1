using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Primitives;

namespace Reflex.Silo.Reloading;

/// <summary>The settings of a file. It keeps what it has read until it is told to take something else.</summary>
internal sealed class SettingsFile(SettingsFileSource source) : JsonConfigurationProvider(source)
{
    // What a person writes has some kilobytes. The bound keeps nonsense out of memory.
    private const int MaxBytes = 4 * 1024 * 1024;

    private IReadOnlyDictionary<string, string?>? _lastRead;
    private bool _isMissing;

    /// <summary>Where it is.</summary>
    public string Path => source.FileProvider?.GetFileInfo(source.Path ?? "").PhysicalPath ?? source.Path ?? "";

    public bool IsWatched => source.IsWatched;

    /// <summary>The settings of it that are in force.</summary>
    public IReadOnlyDictionary<string, string?> Settings => Data.AsReadOnly();

    /// <summary>What it held when it could be read the last time.</summary>
    public IReadOnlyDictionary<string, string?> LastRead => _lastRead ?? Settings;

    /// <summary>Is told when the file changes.</summary>
    public IChangeToken Watch() => source.FileProvider!.Watch(source.Path!);

    /// <summary>Reads the file at the start. Without one, the settings that came with the silo hold.</summary>
    public override void Load()
    {
        _isMissing = !File.Exists(Path);
        if (Directory.Exists(Path))
        {
            throw new InvalidDataException($"The settings file {Path} is a folder: put a file there, or nothing.");
        }

        if (!_isMissing)
        {
            base.Load();
        }
        else if (source.Path == StockSettings.FileName)
        {
            using var stock = StockSettings.Open();
            Load(stock);
        }
    }

    /// <summary>Reads the file again, and keeps what it has.</summary>
    /// <exception cref="InvalidDataException">It can't be read; the message says why, as the rest of a sentence.</exception>
    public IReadOnlyDictionary<string, string?> Read()
    {
        try
        {
            var file = new FileInfo(Path);
            file = file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
            if (file is { Exists: false } && _isMissing && !Directory.Exists(Path))
            {
                return LastRead;
            }

            Require(file);
            _lastRead = Parsed.From(file);
            _isMissing = false;
            return _lastRead;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or JsonException)
        {
            throw new InvalidDataException(Explain(error), error);
        }
    }

    /// <summary>Takes other settings in place of those that it has, and tells whoever listens.</summary>
    public void Take(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        Data = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
        OnReload();
    }

    private static void Require(FileInfo file)
    {
        var fault = file switch
        {
            { Exists: false } => Directory.Exists(file.FullName) ? "it is a folder" : "it is gone",

            // So is what is no regular file, the reading of which might never end.
            { Length: 0 } => "it is empty",
            { Length: > MaxBytes } => $"it has more than {MaxBytes} bytes",
            _ => null,
        };
        if (fault is not null)
        {
            throw new InvalidDataException(fault);
        }
    }

    private static string Explain(Exception error) => error.GetBaseException() switch
    {
        JsonException json => $"line {json.LineNumber + 1} is no JSON",
        var cause => cause.Message.TrimEnd('.'),
    };

    /// <summary>Reads without changing what the file's own provider has.</summary>
    private sealed class Parsed(Stream stream) : JsonStreamConfigurationProvider(new JsonStreamConfigurationSource { Stream = stream })
    {
        public static IReadOnlyDictionary<string, string?> From(FileInfo file)
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var parsed = new Parsed(stream);
            parsed.Load();
            return parsed.Data.AsReadOnly();
        }
    }
}
