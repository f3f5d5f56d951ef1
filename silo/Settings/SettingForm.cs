namespace Reflex.Silo.Settings;

/// <summary>What a setting consists of.</summary>
internal enum SettingForm
{
    /// <summary>One text.</summary>
    Value,

    /// <summary>Entries that are counted from 0.</summary>
    List,

    /// <summary>Entries with names that users choose.</summary>
    NamedEntries,

    /// <summary>Settings with names of their own.</summary>
    Parts,
}
