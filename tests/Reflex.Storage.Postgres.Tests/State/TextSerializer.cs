using Orleans.Storage;

namespace Reflex.Storage.Postgres.Tests.State;

internal sealed class TextSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => BinaryData.FromString(((Payload)(object)input!).Value);

    public T Deserialize<T>(BinaryData? input) => (T)(object)new Payload { Value = input!.ToString() };
}
