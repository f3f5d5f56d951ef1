using Orleans.Storage;

namespace Reflex.Orleans.Consumers;

/// <summary>Where a consumer's record on a partition is in grain storage: under its name, whatever class of grain runs it.</summary>
internal static class StoredConsumer
{
    public const string StateName = "cursor";

    private static readonly GrainType RecordType = GrainType.Create("reflex.cursor");

    public static GrainId RecordOf(ConsumerKey key) => GrainId.Create(RecordType, key.ToString());

    /// <summary>Reads a record; an empty one where none is stored.</summary>
    public static async Task<ConsumerRecord> ReadAsync(IGrainStorage storage, ConsumerKey key)
    {
        var state = new GrainState<ConsumerRecord>(new ConsumerRecord());
        await storage.ReadStateAsync(StateName, RecordOf(key), state);

        // Some storages leave nothing where nothing is stored.
        return state.State ?? new ConsumerRecord();
    }
}
