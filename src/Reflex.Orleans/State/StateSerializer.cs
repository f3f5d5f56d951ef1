using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Storage;

namespace Reflex.Orleans.State;

/// <summary>
/// Reads and writes what Reflex keeps in grain storage, in the forms of STATE.md. Orleans' own providers use it for the storage of that
/// name, as does the embedded one.
/// </summary>
/// <param name="others">For states that aren't Reflex's, and for those that another serializer has written.</param>
internal sealed class StateSerializer(IGrainStorageSerializer others) : IGrainStorageSerializer
{
    // Of form 0. An object without it and without anything that is known here may be another serializer's.
    private static ReadOnlySpan<byte> OrleansMark => "\"$type\""u8;

    public BinaryData Serialize<T>(T? input) => input switch
    {
        ConsumerRecord record => Write(CursorForm.From(record), StateJson.Default.CursorForm),
        StreamsState streams => Write(StreamsForm.From(streams), StateJson.Default.StreamsForm),
        CatalogState catalog => Write(CatalogForm.From(catalog), StateJson.Default.CatalogForm),
        _ => others.Serialize(input),
    };

    public T? Deserialize<T>(BinaryData input) => Read(typeof(T), input) is T state ? state : others.Deserialize<T>(input);

    /// <summary>Reads a cursor's form; null when another serializer has written it.</summary>
    /// <exception cref="StorageRefusedException">It is of a newer program.</exception>
    internal static CursorForm? TryReadCursor(ReadOnlyMemory<byte> stored) =>
        TryRead(BinaryData.FromBytes(stored), StateJson.Default.CursorForm);

    /// <summary>Reads the form of a part of the catalog; null when another serializer has written it.</summary>
    /// <exception cref="StorageRefusedException">It is of a newer program.</exception>
    internal static StreamsState? TryReadStreams(ReadOnlyMemory<byte> stored) =>
        TryRead(BinaryData.FromBytes(stored), StateJson.Default.StreamsForm)?.ToState();

    /// <summary>Reads the catalog's form; null when another serializer has written it.</summary>
    /// <exception cref="StorageRefusedException">It is of a newer program.</exception>
    internal static CatalogState? TryReadCatalog(ReadOnlyMemory<byte> stored) =>
        TryRead(BinaryData.FromBytes(stored), StateJson.Default.CatalogForm)?.ToState();

    internal static byte[] Write(CursorForm form) => JsonSerializer.SerializeToUtf8Bytes(form, StateJson.Default.CursorForm);

    private static object? Read(Type type, BinaryData stored)
    {
        if (type == typeof(ConsumerRecord))
        {
            return TryRead(stored, StateJson.Default.CursorForm)?.ToRecord();
        }

        if (type == typeof(StreamsState))
        {
            return TryRead(stored, StateJson.Default.StreamsForm)?.ToState();
        }

        return type == typeof(CatalogState) ? TryRead(stored, StateJson.Default.CatalogForm)?.ToState() : null;
    }

    private static BinaryData Write<TForm>(TForm form, JsonTypeInfo<TForm> type) =>
        BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(form, type));

    private static TForm? TryRead<TForm>(BinaryData stored, JsonTypeInfo<TForm> type)
        where TForm : StoredForm
    {
        try
        {
            var form = JsonSerializer.Deserialize(stored.ToMemory().Span, type);
            form?.RequireReadable();
            var isAnothers = form is { Form: 0 } && form.IsEmpty() && stored.ToMemory().Span.IndexOf(OrleansMark) < 0;
            return isAnothers ? null : form;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
