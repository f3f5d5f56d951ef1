using System.Collections;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Tests;

public sealed class ReflexExceptionTests
{
    private static readonly PartitionId Partition = new("orders", 3);

    internal static List<ReflexException> Samples { get; } =
    [
        new EventTooLargeException("The event", 11, 10, "make it smaller"),
        new CursorAheadException(Partition, new EventId(9), new EventId(7)),
        new CursorExpiredException(Partition, new EventId(2), new EventId(5)),
        new ConsumerNotFoundException(new ConsumerId("orders", "mailer"), [new ConsumerId("orders", "biller")]),
        new ConsumerLogicException("mailer", new HeadReachedException("orders")),
        new EventFilterException("mailer", Event.Create(new EventId(4), new NewEvent(1, "1")), new FormatException("bad")),
        new LogBusyException(Partition, 100),
        new LogCorruptedException("damaged"),
        new LogFailedException(Partition, "gone."),
        new LogFencedException(Partition, 1, 2),
        new LogFullException(Partition, "/data"),
        new StorageRefusedException("refused"),
        new HeadReachedException("orders"),
        new PartitionNotFoundException("orders", 9, 4),
        new StreamConflictException(new StreamDefinition("orders", 4), new StreamDefinition("orders", 8)),
        new StreamLimitException("orders", 10_000, "ReflexOptions.MaxStreams"),
        new StreamNotFoundException("orders", ["payments"]),
        new StreamStoppedException("orders"),
        new ClusterUnavailableException("list the streams", new TimeoutException("no answer")),
        new ConsumerConflictException(new ConsumerId("orders", "mailer")),
        new ConsumerLimitException(new ConsumerId("orders", "mailer"), 1000, "ReflexOptions.MaxOutsideConsumersPerStream"),
        new ConsumerReplacedException(new ConsumerId("orders", "mailer")),
        new ConsumerBusyException(new ConsumerId("orders", "mailer"), 1, new EventId(3), TimeSpan.FromSeconds(20)),
        new ConsumerStoppedException(new ConsumerId("orders", "mailer")),
        new SessionEndedException(new ConsumerId("orders", "mailer")),
        new SessionFailedException(new ConsumerId("orders", "mailer"), new InvalidOperationException("a fault")),
        new CursorStoreException(new ConsumerId("orders", "mailer"), new IOException("disk full")),
        new ServerBusyException("The server is busy: ask again a little later."),
        new StoredCursorAheadException(Partition, "mailer", new EventId(9), new EventId(7)),
        new StateStoreException("the state 'catalog' of reflex.catalog/0", new IOException("disk full")),
        new CursorOfAnotherLifeException(Partition, new CursorPlace(new EventId(2), 7), 5),
        new StreamBeingDeletedException("orders"),
        new StreamReplacedException("orders", 2, 4),
        new ConsumerBeingRemovedException(new ConsumerId("orders", "mailer")),
        new UpgradeUnfinishedException(Partition, 1, 3),
        new LogUnavailableException(Partition, "its storage is away.", "/data"),
        new QuotaExceededException(Partition, 100, 90, TimeSpan.FromSeconds(60)),
    ];

    public static TheoryData<Type> Types => [.. Samples.Select(sample => sample.GetType())];

    [Fact]
    public void Samples_AreOfEveryException() => Assert.Equal(
        typeof(ReflexException).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ReflexException)) && !type.IsAbstract)
            .Select(type => type.Name)
            .Order(),
        Samples.Select(sample => sample.GetType().Name).Order());

    [Fact]
    public void Code_OfEach_IsAWordThatStaysOfItsOwnOrABaseClass()
    {
        Assert.All(Samples, sample => Assert.Matches("^[a-z]+(-[a-z]+)*$", sample.Code.Name));
        var own = Samples.Where(sample => sample.Code != ErrorCode.Unavailable && sample.Code != ErrorCode.Failed);
        Assert.All(
            own.GroupBy(sample => sample.Code.Name, sample => BaseOf(sample.GetType())), same => Assert.Single(same.Distinct()));

        static Type BaseOf(Type type) => type.BaseType is { IsAbstract: false } inherited ? BaseOf(inherited) : type;
    }

    [Fact]
    public void Code_OfEach_SaysThatItPassesAsTheExceptionDoes() => Assert.All(
        Samples.Where(sample => sample is not LogFullException), // It passes when somebody has made room.
        sample => Assert.Equal(sample.IsTransient, sample.Code.Kind is ErrorKind.Unavailable or ErrorKind.Busy or ErrorKind.TooMany));

    // As Orleans carries it: the type without its constructor, the message, and the entries of Data.
    [Theory]
    [MemberData(nameof(Types))]
    public void Properties_AfterATransportOfDataAlone_AreAsBefore(Type type)
    {
        var sample = Samples.Single(s => s.GetType() == type);
        var arrived = (ReflexException)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        foreach (DictionaryEntry entry in sample.Data)
        {
            Assert.True(entry.Value is string or bool or int or long or string[], $"{entry.Key} is of a type that a transport may drop.");
            arrived.Data[entry.Key] = entry.Value;
        }

        // The message travels beside the data.
        var facts = type.GetProperties().Where(p => p.Name is not nameof(Exception.Message) and not nameof(ReflexException.ClientMessage));
        foreach (var property in facts.Where(p => typeof(ReflexException).IsAssignableFrom(p.DeclaringType)))
        {
            Assert.Equal(property.GetValue(sample), property.GetValue(arrived));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Message_OfEveryException_IsASentenceForPeople(Type type)
    {
        var sample = Samples.Single(s => s.GetType() == type);
        foreach (var message in new[] { sample.Message, sample.ClientMessage })
        {
            Assert.DoesNotContain("..", message, StringComparison.Ordinal);
            Assert.DoesNotContain("  ", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ClientMessage_OfWhatHasPathsAndAddresses_HasNone()
    {
        var cause = new IOException("no access to /data/orders at 10.0.0.7");
        ReflexException[] errors =
        [
            new LogCorruptedException("/data/orders/0 is damaged.", cause),
            new LogFailedException(Partition, "its storage failed.", cause.Message, cause),
            new LogFullException(Partition, "/data", cause),
            new LogUnavailableException(Partition, "its storage is away.", cause.Message, cause),
            new StorageRefusedException("The folder /data is held.", cause),
            new ClusterUnavailableException("append", cause),
            new CursorStoreException(new ConsumerId("orders", "mailer"), cause),
            new StateStoreException("the state 'catalog'", cause),
        ];

        Assert.All(errors, error =>
        {
            Assert.Contains("/data", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("/data", error.ClientMessage, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void ClientMessage_OfTheRest_IsTheMessage()
    {
        var error = new LogFailedException(Partition, "its silo is stopping; ask again.");
        Assert.Equal(error.Message, error.ClientMessage);
    }

    /// <summary>
    /// They travel between silos by these names, with these facts: what has other ones doesn't reach a silo of an earlier version.
    /// </summary>
    [Fact]
    public void NamesAndFacts_AreThoseThatOlderSilosKnow() => Assert.Equal(
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Exceptions.txt")).Where(line => !line.StartsWith('#')),
        Samples
            .Select(sample => $"{sample.GetType().FullName}: {FactsOf(sample)}")
            .Order(StringComparer.Ordinal));

    [Fact]
    public void IsTransient_ByFamily_TellsWhatIsWorthARetry() => Assert.Equal(
        [
            "ClusterUnavailableException",
            "ConsumerBeingRemovedException",
            "ConsumerBusyException",
            "CursorStoreException",
            "LogBusyException",
            "LogFailedException",
            "LogFencedException",
            "LogFullException",
            "LogUnavailableException",
            "QuotaExceededException",
            "ServerBusyException",
            "SessionEndedException",
            "StateStoreException",
            "StreamBeingDeletedException",
            "StreamReplacedException",
            "StreamStoppedException",
            "UpgradeUnfinishedException",
        ],
        Samples.Where(sample => sample.IsTransient).Select(sample => sample.GetType().Name).Order());

    [Fact]
    public void Message_UnknownStream_ListsWhatExists()
    {
        Assert.EndsWith("the streams are a, b.", new StreamNotFoundException("x", ["a", "b"]).Message, StringComparison.Ordinal);
        Assert.EndsWith("define it first.", new StreamNotFoundException("x", []).Message, StringComparison.Ordinal);
        var many = Enumerable.Range(0, 25).Select(i => StreamName.Parse($"s{i}")).ToList();
        Assert.EndsWith("s19 and 5 more.", new StreamNotFoundException("x", many).Message, StringComparison.Ordinal);
        Assert.EndsWith("s19 and 12 more.", new StreamNotFoundException("x", many, others: 7).Message, StringComparison.Ordinal);
        Assert.EndsWith("the streams are a and 7 more.", new StreamNotFoundException("x", ["a"], 7).Message, StringComparison.Ordinal);
        Assert.EndsWith("the consumers are orders/biller.", Samples[3].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithOnly_SomeNames_SaysNoMoreThanIsKnownOfThem()
    {
        var all = new StreamNotFoundException("x", ["a", "b"]);
        Assert.EndsWith("the streams are b.", all.WithOnly(stream => stream == "b").Message, StringComparison.Ordinal);
        Assert.EndsWith("none is defined yet; define it first.", all.WithOnly(_ => false).Message, StringComparison.Ordinal);
        var some = new StreamNotFoundException("x", ["a", "b"], others: 5);
        Assert.EndsWith("among the streams are b.", some.WithOnly(stream => stream == "b").Message, StringComparison.Ordinal);
        Assert.EndsWith("list the streams to see which there are.", some.WithOnly(_ => false).Message, StringComparison.Ordinal);
        var consumers = new ConsumerNotFoundException(new ConsumerId("x", "y"), [new ConsumerId("a", "b"), new ConsumerId("c", "d")], 5);
        Assert.EndsWith(
            "among the consumers are c/d.", consumers.WithOnly(consumer => consumer.Stream == "c").Message, StringComparison.Ordinal);
        var arrived = (StreamNotFoundException)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(all.GetType());
        arrived.Data["reflex.stream"] = "x";
        Assert.EndsWith("list the streams to see which there are.", arrived.WithOnly(_ => true).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Message_Conflict_NamesBothCounts() =>
        Assert.Contains("stored with 4 partitions but 8 are asked for", Samples[14].Message, StringComparison.Ordinal);

    [Fact]
    public void Message_UpgradeUnfinished_SaysHowManySilosAreToBeUpgraded() => Assert.Equal(
        "The append to orders/3 has events with keys, and 1 of 3 silos can't read keys yet: finish the upgrade of the cluster first. "
        + "Nothing was appended.",
        new UpgradeUnfinishedException(Partition, 1, 3).Message);

    [Fact]
    public void Message_Expired_NamesWhatIsGoneAndHowToGoOn() => Assert.EndsWith(
        "the oldest retained event is 5, so events 3 to 4 are gone; to continue without them set the cursor to 4.",
        Samples[2].Message,
        StringComparison.Ordinal);

    private static string FactsOf(ReflexException error) =>
        string.Join(", ", error.Data.Keys.Cast<string>().Order(StringComparer.Ordinal));
}
