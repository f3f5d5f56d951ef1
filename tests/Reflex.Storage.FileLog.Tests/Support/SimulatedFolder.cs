namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>The names in a folder of the simulated disk.</summary>
internal sealed class SimulatedFolder
{
    private readonly Dictionary<string, SimulatedContent> _durable = [];
    private readonly List<(string Name, SimulatedContent? File, string? From)> _pending = [];

    public Dictionary<string, SimulatedContent> Names { get; } = [];

    /// <summary>Whether the folder's own name is flushed.</summary>
    public bool IsDurable { get; set; }

    public void Change(string name, SimulatedContent? file) => Apply((name, file, null));

    public void Rename(string from, string to, SimulatedContent file) => Apply((to, file, from));

    public void Flush()
    {
        _durable.Clear();
        foreach (var (name, file) in Names)
        {
            _durable[name] = file;
        }

        _pending.Clear();
    }

    /// <summary>Of the changes that were not flushed some are lost: mostly the last ones, sometimes any.</summary>
    public SimulatedFolder AfterPowerCut(Random random, Func<SimulatedContent, SimulatedContent> cut)
    {
        var names = new Dictionary<string, SimulatedContent>(_durable);
        var kept = random.Next(_pending.Count + 1);
        var isAny = random.Next(4) == 0;
        for (var i = 0; i < _pending.Count; i++)
        {
            if (isAny ? random.Next(2) == 0 : i < kept)
            {
                Apply(names, _pending[i]);
            }
        }

        return Of(names.ToDictionary(entry => entry.Key, entry => cut(entry.Value)));
    }

    public SimulatedFolder Copy(Func<SimulatedContent, SimulatedContent> copyOf)
    {
        var copy = new SimulatedFolder { IsDurable = IsDurable };
        foreach (var (name, file) in _durable)
        {
            copy._durable[name] = copyOf(file);
        }

        foreach (var (name, file) in Names)
        {
            copy.Names[name] = copyOf(file);
        }

        copy._pending.AddRange(_pending.Select(change => (change.Name, change.File is { } file ? copyOf(file) : null, change.From)));
        return copy;
    }

    private static SimulatedFolder Of(Dictionary<string, SimulatedContent> names)
    {
        var folder = new SimulatedFolder { IsDurable = true };
        foreach (var (name, file) in names)
        {
            folder.Names[name] = file;
        }

        folder.Flush();
        return folder;
    }

    private static void Apply(
        Dictionary<string, SimulatedContent> names, (string Name, SimulatedContent? File, string? From) change)
    {
        if (change.From is not null)
        {
            names.Remove(change.From);
        }

        if (change.File is null)
        {
            names.Remove(change.Name);
        }
        else
        {
            names[change.Name] = change.File;
        }
    }

    private void Apply((string Name, SimulatedContent? File, string? From) change)
    {
        Apply(Names, change);
        _pending.Add(change);
    }
}
