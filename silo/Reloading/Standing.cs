namespace Reflex.Silo.Reloading;

/// <summary>What is said of conditions that last: each once, when it begins or becomes another.</summary>
internal sealed class Standing
{
    private Dictionary<string, string> _before = [];
    private Dictionary<string, string> _now = [];

    /// <summary>Begins to look again: what isn't found from here on has ended.</summary>
    public void BeginLook() => (_before, _now) = (_now, []);

    /// <summary>Notes a condition; answers whether it has to be said.</summary>
    public bool IsNew(string subject, string condition)
    {
        _now[subject] = condition;
        return _before.GetValueOrDefault(subject) != condition;
    }

    /// <summary>Whether there was a condition when it was looked the last time.</summary>
    public bool Was(string subject) => _before.ContainsKey(subject);
}
