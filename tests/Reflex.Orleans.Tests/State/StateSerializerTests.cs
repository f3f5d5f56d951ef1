using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.State;
using Reflex.Storage;

namespace Reflex.Orleans.Tests.State;

/// <summary>The forms of stored state. What is written here was stored by some version, and is read for ever.</summary>
public sealed class StateSerializerTests
{
    private const string Session = "192bd582-041c-4027-9128-ad31d2688636";
    private const string FormerRecord = "\"$id\":\"1\",\"$type\":\"Reflex.Orleans.Consumers.ConsumerRecord, Reflex.Orleans\"";

    private const string FormerCatalog =
        """
        {"$id":"1","$type":"Reflex.Orleans.Catalog.CatalogState, Reflex.Orleans","Streams":{"$type":"System.Collections.Generic.
        List`1[[Reflex.Orleans.Serialization.StreamDefinitionSurrogate, Reflex.Orleans]], System.Private.CoreLib","$values":[{"$
        id":"2","$type":"Reflex.Orleans.Serialization.StreamDefinitionSurrogate, Reflex.Orleans","Name":"demo","Partitions":1},{
        "$id":"3","$type":"Reflex.Orleans.Serialization.StreamDefinitionSurrogate, Reflex.Orleans","Name":"orders","Partitions":
        4,"MaxAge":"7.00:00:00","MaxBytes":1000000000}]},"Consumers":{"$type":"System.Collections.Generic.List`1[[Reflex.Orleans
        .Catalog.ConsumerEntry, Reflex.Orleans]], System.Private.CoreLib","$values":[{"$id":"4","$type":"Reflex.Orleans.Catalog.
        ConsumerEntry, Reflex.Orleans","Stream":"orders","Name":"mailer","GrainType":"reflex.session"}]}}
        """;

    private const string Catalog =
        """
        {"form":2,"reader":0,"streams":[{"name":"demo","partitions":1},{"name":"orders","partitions":4,"maxAge":"7.00:00:00","ma
        xBytes":1000000000}],"consumers":[{"stream":"orders","name":"mailer","grainType":"reflex.session"}]}
        """;

    private const string Streams =
        """
        {"form":3,"reader":0,"streams":[{"name":"demo","partitions":1,"life":"192bd582-041c-4027-9128-ad31d2688636"},
        {"name":"orders","partitions":4,"maxAge":"7.00:00:00","ma
        xBytes":1000000000,"consumers":[{"name":"mailer","grainType":"reflex.session"},{"name":"printer","grainType":"reflex.con
        sumer","removal":"192bd582-041c-4027-9128-ad31d2688636"}],"deletion":"192bd582-041c-4027-9128-ad31d2688636"}]}
        """;

    // A catalog of two streams and a consumer of each, by Orleans' own serializer.
    private const string CatalogInBytes =
        "2020000521400964656D6F0105C101C101E020400D6F72646572730111810040E428800500006100CA9A3BE0E021000521E8C015410D6D61696C6572411D7265"
        + "666C65782E73657373696F6EE020E8C00BC125C127E0E0E0";

    private readonly StateSerializer _serializer = new(new OtherSerializer());

    [Theory]
    [InlineData("{\"form\":3,\"reader\":0}", null, false, null, 0)]
    [InlineData("{\"form\":3,\"reader\":0,\"cursor\":42}", 42L, false, null, 0)]
    [InlineData("{\"form\":3,\"reader\":0,\"cursor\":42,\"epoch\":15558713788}", 42L, false, null, 15558713788)]
    [InlineData("{\"form\":3,\"reader\":0,\"cursor\":9223372036854775807,\"isStopped\":true}", long.MaxValue, true, null, 0)]
    [InlineData("{\"form\":3,\"reader\":0,\"cursor\":3,\"session\":\"" + Session + "\",\"epoch\":1}", 3L, false, Session, 1)]
    [InlineData("{\"form\":3,\"reader\":0,\"cursor\":3,\"sessions\":7}", 3L, false, null, 0, 7)]
    public void Cursor_OfForm3_IsWrittenAndReadSo(
        string stored, long? cursor, bool isStopped, string? session, long epoch, long sessions = 0)
    {
        var record = new ConsumerRecord
        {
            Cursor = cursor,
            IsStopped = isStopped,
            Session = session is null ? null : Guid.Parse(session),
            Epoch = epoch,
            Sessions = sessions,
        };

        Assert.Equal(stored, _serializer.Serialize(record).ToString());
        RequireSame(record, _serializer.Deserialize<ConsumerRecord>(BinaryData.FromString(stored)));
    }

    [Theory]
    [InlineData("{" + FormerRecord + "}", null, false, null)]
    [InlineData("{" + FormerRecord + ",\"Cursor\":30}", 30L, false, null)]
    [InlineData("{" + FormerRecord + ",\"Cursor\":3,\"IsStopped\":true}", 3L, true, null)]
    [InlineData("{" + FormerRecord + ",\"Cursor\":3,\"Session\":\"" + Session + "\"}", 3L, false, Session)]
    [InlineData("{\"form\":1,\"reader\":0,\"cursor\":42}", 42L, false, null)]
    [InlineData("{\"form\":1,\"reader\":0,\"cursor\":3,\"session\":\"" + Session + "\"}", 3L, false, Session)]
    [InlineData("{\"form\":2,\"reader\":0,\"cursor\":42}", 42L, false, null)]
    [InlineData("{\"form\":7,\"reader\":1,\"cursor\":5,\"more\":{\"a\":[1]}}", 5L, false, null)]
    public void Cursor_OfAnotherFormThatIsUnderstood_IsRead(string stored, long? cursor, bool isStopped, string? session) => RequireSame(
        new ConsumerRecord { Cursor = cursor, IsStopped = isStopped, Session = session is null ? null : Guid.Parse(session) },
        _serializer.Deserialize<ConsumerRecord>(BinaryData.FromString(stored)));

    [Fact]
    public void Catalog_OfFormerForms_IsReadAndLeftToNewerPrograms()
    {
        foreach (var stored in new[] { FormerCatalog, Catalog })
        {
            var read = _serializer.Deserialize<CatalogState>(BinaryData.FromString(Joined(stored)))!;

            Assert.False(read.IsFormer);
            Assert.Equal(TimeSpan.FromDays(7), read.Streams[1].MaxAge);
            var left = _serializer.Serialize(read).ToString();
            Assert.Equal(Joined(Catalog).Replace("\"form\":2,\"reader\":0", "\"form\":3,\"reader\":3", StringComparison.Ordinal), left);
            Assert.True(_serializer.Deserialize<CatalogState>(BinaryData.FromString(left))!.IsFormer);
        }
    }

    [Fact]
    public void Streams_OfForm3_AreWrittenAndReadSo()
    {
        StoredStream[] streams =
        [
            new(new("demo", 1, null, null), [], Life: Guid.Parse(Session)),
            new(
                new("orders", 4, TimeSpan.FromDays(7), 1_000_000_000),
                [new("mailer", "reflex.session"), new("printer", "reflex.consumer", Guid.Parse(Session))],
                Guid.Parse(Session)),
        ];

        Assert.Equal(Joined(Streams), _serializer.Serialize(new StreamsState { Streams = streams }).ToString());
        var read = _serializer.Deserialize<StreamsState>(BinaryData.FromString(Joined(Streams)))!.Streams;
        Assert.Equal(streams, read.Select((stream, i) => stream with { Consumers = streams[i].Consumers }));
        Assert.Equal(streams.SelectMany(stream => stream.Consumers), read.SelectMany(stream => stream.Consumers));
    }

    [Fact]
    public void Catalog_ByOrleansOwnSerializer_ReadsTheBytesThatItAlwaysHad()
    {
        var serializer = new ServiceCollection()
            .AddSerializer(builder => builder.AddAssembly(typeof(CatalogState).Assembly))
            .BuildServiceProvider()
            .GetRequiredService<Serializer>();

        var read = serializer.Deserialize<CatalogState>(Convert.FromHexString(CatalogInBytes))!;

        Assert.Equal([new("demo", 1, null, null), new("orders", 4, TimeSpan.FromDays(7), 1_000_000_000)], read.Streams);
        Assert.Equal([new("orders", "mailer", "reflex.session"), new("demo", "mailer", "reflex.session")], read.Consumers);
        Assert.False(read.IsFormer);
    }

    [Fact]
    public void State_ThatOnlyANewerProgramUnderstands_IsRefused()
    {
        var stored = BinaryData.FromString("{\"form\":9,\"reader\":4}");
        Func<object?>[] reads =
        [
            () => _serializer.Deserialize<ConsumerRecord>(stored),
            () => _serializer.Deserialize<StreamsState>(stored),
            () => _serializer.Deserialize<CatalogState>(stored),
        ];
        foreach (var read in reads)
        {
            var error = Assert.Throws<StorageRefusedException>(read);
            Assert.Contains("form 9, which programs from form 4 on understand", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\u0001\u0002")]
    [InlineData("[1]")]
    [InlineData("{\"position\":3}")]
    [InlineData("null")]
    [InlineData("{\"form\":1")]
    public void State_OfAnotherSerializer_IsReadByIt(string stored) =>
        Assert.Equal(7, _serializer.Deserialize<ConsumerRecord>(BinaryData.FromString(stored))?.Cursor);

    [Fact]
    public void State_ThatIsntReflexs_IsLeftToTheOtherSerializer()
    {
        Assert.Equal("other", _serializer.Serialize("a").ToString());
        Assert.Equal(0, _serializer.Deserialize<int>(BinaryData.FromString("{}")));
    }

    /// <summary>Every provider of Orleans that is registered under Reflex's name uses it, unless it is given another one.</summary>
    [Fact]
    public void ProvidersOfOrleans_UnderReflexsName_UseIt()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering()
            .AddMemoryGrainStorage(ReflexStorageNames.GrainStorage)
            .AddMemoryGrainStorage("another")
            .AddReflex(_ => { }));
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptionsMonitor<MemoryGrainStorageOptions>>();

        Assert.IsType<StateSerializer>(options.Get(ReflexStorageNames.GrainStorage).GrainStorageSerializer);
        Assert.IsNotType<StateSerializer>(options.Get("another").GrainStorageSerializer);
    }

    private static string Joined(string lines) => lines.ReplaceLineEndings("");

    private static void RequireSame(ConsumerRecord expected, ConsumerRecord? read) => Assert.Equal(
        (expected.Cursor, expected.IsStopped, expected.Session, expected.Epoch, expected.Sessions),
        (read!.Cursor, read.IsStopped, read.Session, read.Epoch, read.Sessions));

    private sealed class OtherSerializer : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => BinaryData.FromBytes(Encoding.UTF8.GetBytes("other"));

        public T? Deserialize<T>(BinaryData input) =>
            typeof(T) == typeof(ConsumerRecord) ? (T)(object)new ConsumerRecord { Cursor = 7 } : default;
    }
}
