using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Grpc.Receiving;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Tests.Grpc.Receiving;

public sealed class MessageReaderTests
{
    private const int MaxBytes = 300_000;
    private const int MaxFields = 50;
    private const int MaxEvents = 2000;

    private static readonly TimeSpan MessageTimeout = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly DefaultHttpContext _http = new();
    private readonly ReceivingBudget _budget;
    private readonly ReceivingShare _share;

    public MessageReaderTests()
    {
        _budget = new ReceivingBudget(Options.Create(new ReflexServerOptions { MaxReceivingBytes = 400_000, TimeProvider = _time }));
        _share = _budget.Open();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_MessagesThatComeByteByByte_ComeOutWholeAndInOrder()
    {
        var reader = Reader();
        byte[] bytes = [.. Frame([1, 2, 3]), .. Frame([]), .. Frame(Message(1000))];
        var writing = Task.Run(
            async () =>
            {
                foreach (var b in bytes)
                {
                    await _pipe.Writer.WriteAsync(new[] { b }, Token);
                }

                await _pipe.Writer.CompleteAsync();
            },
            Token);

        Assert.Equal(Frame([1, 2, 3]), await NextAsync(reader));
        Assert.Equal(Frame([]), await NextAsync(reader));
        Assert.Equal(Frame(Message(1000)), await NextAsync(reader));
        Assert.Null(await NextAsync(reader));
        Assert.Null(reader.Failure);
        await writing;
    }

    [Fact]
    public async Task Read_MessageThatIsNotConsumed_ComesAgain()
    {
        var reader = Reader();
        await WriteAsync(Frame([7]), completes: false);

        var first = await reader.ReadAsync(Token);
        reader.AdvanceTo(first.Buffer.Start, first.Buffer.End);

        Assert.Equal(Frame([7]), await NextAsync(reader));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Read_PackedMessage_ComesOutUnpacked(string encoding)
    {
        _http.Request.Headers["grpc-encoding"] = encoding;
        var reader = Reader();
        await WriteAsync(Frame(Pack(encoding, Message(20_000)), packed: true), completes: false);
        await WriteAsync(Frame([5]));

        Assert.Equal(Frame(Message(20_000)), await NextAsync(reader));
        Assert.Equal(Frame([5]), await NextAsync(reader));
        Assert.Null(await NextAsync(reader));
    }

    [Theory]
    [InlineData(null, StatusCode.InvalidArgument)]
    [InlineData("identity", StatusCode.InvalidArgument)]
    [InlineData("br", StatusCode.Unimplemented)]
    [InlineData("gzip", StatusCode.InvalidArgument)]
    public async Task Read_MessageThatCannotBeUnpacked_IsRefused(string? encoding, StatusCode expected)
    {
        _http.Request.Headers["grpc-encoding"] = encoding;
        var reader = Reader();
        await WriteAsync(Frame([1, 2, 3, 4], packed: true));

        Assert.Equal(expected, await RefusalAsync(reader));
    }

    [Fact]
    public async Task Read_MessageThatUnpacksToMoreThanTheLimit_IsRefused()
    {
        _http.Request.Headers["grpc-encoding"] = "gzip";
        var reader = Reader();
        await WriteAsync(Frame(Pack("gzip", Message(10_000_000)), packed: true));

        Assert.Equal(StatusCode.InvalidArgument, await RefusalAsync(reader));
    }

    [Theory]
    [InlineData(0, MaxBytes + 1)]
    [InlineData(0, uint.MaxValue)]
    [InlineData(2, 1)]
    [InlineData(255, 1)]
    public async Task Read_BadHeader_IsRefusedBeforeTheMessageComes(byte flag, uint length)
    {
        var reader = Reader();
        var header = new byte[5];
        header[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), length);
        await _pipe.Writer.WriteAsync(header, Token);

        Assert.Equal(StatusCode.InvalidArgument, await RefusalAsync(reader));
        Assert.Equal(0, _share.Bytes);
    }

    [Theory]
    [InlineData(MaxEvents, 1, false)]
    [InlineData(MaxEvents + 1, 0, true)]
    [InlineData(0, MaxFields, false)]
    [InlineData(1, MaxFields + 1, true)]
    public async Task Read_MessageWithManyFields_IsRefusedOverTheLimit(int events, int others, bool isRefused)
    {
        var reader = Reader();
        await WriteAsync(Frame([.. Events(events), .. Enumerable.Repeat<byte[]>([0x0A, 0], others).SelectMany(bytes => bytes)]));

        await NextAsync(reader);

        Assert.Equal(isRefused, reader.Failure is RefusedCallException);
    }

    [Fact]
    public async Task Read_LargeMessage_TakesItsShareByItsHeaderAndGivesItBackWhenConsumed()
    {
        var reader = Reader();
        var frame = Frame(Message(200_000));
        var reading = NextAsync(reader);
        await _pipe.Writer.WriteAsync(frame.AsMemory(0, 6), Token);
        await UntilAsync(() => _budget.Large.Used == frame.Length - 5);

        await _pipe.Writer.WriteAsync(frame.AsMemory(6), Token);

        Assert.Equal(frame, await reading);
        Assert.Equal(0, _budget.Large.Used);
    }

    [Fact]
    public async Task Read_LargeMessageOfACallWithOne_KeepsItsShareUntilTheCallEnds()
    {
        var reader = Reader(keepsShare: true);
        await WriteAsync(Frame(Message(200_000)));

        await reader.AwaitOnlyAsync(Token);
        await NextAsync(reader);

        Assert.InRange(_budget.Large.Used, 200_000, MaxBytes);
        _share.Dispose();
        Assert.Equal(0, _budget.Large.Used);
    }

    [Fact]
    public async Task Read_NoRoom_IsRefusedAsBusy()
    {
        using var other = _budget.Open();
        await other.GrowToAsync(250_000, Token);
        var reader = Reader();
        var reading = NextAsync(reader);
        await WriteAsync(Frame(Message(200_000)), completes: false);

        await AdvanceUntilAsync(reading, TimeSpan.FromSeconds(1));

        Assert.Null(await reading);
        Assert.IsType<ServerBusyException>(reader.Failure);
    }

    [Fact]
    public async Task Read_ManySmallEvents_TakeRoomBeforeTheyAreMadeOfTheMessage()
    {
        var reader = Reader(keepsShare: true);
        await WriteAsync(Frame(Events(500)));

        await NextAsync(reader);

        Assert.Equal(500 * ReceivingBudget.EventBytes, _budget.Events.Used);
        using var gathered = _budget.Open();
        gathered.TakeOver(reader.Share);
        _share.Dispose();
        Assert.Equal(500 * ReceivingBudget.EventBytes, _budget.Events.Used);
        gathered.Clear();
        Assert.Equal((0, 0), (_budget.Events.Used, _budget.Small.Used));
    }

    [Fact]
    public async Task Read_NoRoomForTheEvents_IsRefusedAsBusy()
    {
        using var other = _budget.Open();
        await other.GrowToEventsAsync(500, Token);
        var reader = Reader();
        var reading = NextAsync(reader);
        await WriteAsync(Frame(Events(500)), completes: false);

        await AdvanceUntilAsync(reading, TimeSpan.FromSeconds(1));

        Assert.Null(await reading);
        Assert.IsType<ServerBusyException>(reader.Failure);
    }

    [Fact]
    public async Task Read_MoreEventsThanThereIsRoomForAtAll_AreTakenAlone()
    {
        var reader = Reader();
        await WriteAsync(Frame(Events(MaxEvents)));

        Assert.NotNull(await NextAsync(reader));
        Assert.Equal(0, _budget.Events.Used);
    }

    [Fact]
    public async Task Read_MessageThatStalls_IsRefusedAfterItsTime()
    {
        var reader = Reader();
        await _pipe.Writer.WriteAsync(Frame(new byte[100])[..50], Token);
        var reading = NextAsync(reader);

        await AdvanceUntilAsync(reading, MessageTimeout);

        Assert.Null(await reading);
        Assert.Contains("didn't come whole within", reader.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ClientThatSendsNothing_IsWaitedFor()
    {
        var reader = Reader();
        var reading = NextAsync(reader);

        _time.Advance(TimeSpan.FromDays(1));
        Assert.False(reading.IsCompleted);

        await WriteAsync(Frame([1]));
        Assert.NotNull(await reading);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Read_ClientThatGoesInTheMiddle_EndsTheRequests(int sent)
    {
        var reader = Reader();
        await _pipe.Writer.WriteAsync(Frame(new byte[100])[..sent], Token);
        await _pipe.Writer.CompleteAsync(new IOException("reset"));

        Assert.Equal(StatusCode.Cancelled, await RefusalAsync(reader));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Read_RequestsThatEndInTheMiddleOfOne_AreRefused(int sent)
    {
        var reader = Reader();
        await WriteAsync(Frame(new byte[100])[..sent]);

        Assert.Equal(StatusCode.InvalidArgument, await RefusalAsync(reader));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task AwaitOnly_AnotherNumberOfRequestsThanOne_IsRefused(int requests)
    {
        var reader = Reader();
        await WriteAsync([.. Enumerable.Repeat(Frame([1]), requests).SelectMany(frame => frame)]);

        await reader.AwaitOnlyAsync(Token);

        Assert.IsType<RefusedCallException>(reader.Failure);
    }

    [Fact]
    public async Task AwaitOnly_RequestThatNeverEnds_IsRefusedAfterItsTime()
    {
        var reader = Reader();
        await WriteAsync(Frame([1]), completes: false);
        var awaiting = reader.AwaitOnlyAsync(Token).AsTask();

        await AdvanceUntilAsync(awaiting, MessageTimeout);

        await awaiting;
        Assert.IsType<RefusedCallException>(reader.Failure);
    }

    private static byte[] Frame(byte[] message, bool packed = false)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = packed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>A message of events that are as small as they can be.</summary>
    private static byte[] Events(int count) => [.. Enumerable.Repeat<byte[]>([0x12, 0], count).SelectMany(bytes => bytes)];

    /// <summary>A message of one field with so many bytes.</summary>
    private static byte[] Message(int bytes)
    {
        var stream = new MemoryStream();
        using (var coded = new CodedOutputStream(stream, leaveOpen: true))
        {
            coded.WriteTag(2, WireFormat.WireType.LengthDelimited);
            coded.WriteBytes(ByteString.CopyFrom(new byte[bytes]));
        }

        return stream.ToArray();
    }

    private static byte[] Pack(string encoding, byte[] message)
    {
        var packed = new MemoryStream();
        using (Stream packing = encoding == "gzip"
            ? new GZipStream(packed, CompressionLevel.Optimal)
            : new ZLibStream(packed, CompressionLevel.Optimal))
        {
            packing.Write(message);
        }

        return packed.ToArray();
    }

    /// <summary>The next message with its header; null when there is none.</summary>
    private static async Task<byte[]?> NextAsync(MessageReader reader)
    {
        var result = await reader.ReadAsync(Token);
        if (result.Buffer.IsEmpty)
        {
            Assert.True(result.IsCompleted);
            return null;
        }

        var frame = result.Buffer.ToArray();
        reader.AdvanceTo(result.Buffer.End);
        return frame;
    }

    private static async Task<StatusCode> RefusalAsync(MessageReader reader)
    {
        Assert.Null(await NextAsync(reader));
        return Assert.IsType<RefusedCallException>(reader.Failure).Status.Code;
    }

    private static async Task UntilAsync(Func<bool> isIt)
    {
        while (!isIt())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private MessageReader Reader(bool keepsShare = false) => new(
        _http.Request, _pipe.Reader, _share, new MessageLimits(MaxBytes, EventField: 2, MaxEvents, MaxFields, MessageTimeout, _time))
    {
        KeepsShare = keepsShare,
    };

    private async Task WriteAsync(byte[] bytes, bool completes = true)
    {
        await _pipe.Writer.WriteAsync(bytes, Token);
        if (completes)
        {
            await _pipe.Writer.CompleteAsync();
        }
    }

    /// <summary>Lets time pass until something has ended, in steps, since it may not wait yet.</summary>
    private async Task AdvanceUntilAsync(Task ending, TimeSpan step)
    {
        while (!ending.IsCompleted)
        {
            _time.Advance(step);
            await Task.Yield();
        }
    }
}
