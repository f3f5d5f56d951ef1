using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Http.Requests;

namespace Reflex.AspNetCore.Tests.Http.Requests;

public sealed class UnstalledReaderTests
{
    private readonly FakeTimeProvider _time = new();

    /// <summary>A stream over the reader would take a cancelled read for a cancelled request.</summary>
    [Fact]
    public async Task ReadAsync_EnoughCameWithTheEndOfThePeriod_IsNoCancelledRead()
    {
        var reader = new UnstalledReader(new LastMomentReader(_time), TimeSpan.FromSeconds(30), _time);
        reader.Begin();
        for (var i = 0; i < 3; i++)
        {
            var read = await reader.ReadAsync(TestContext.Current.CancellationToken);
            Assert.False(read.IsCanceled);
            Assert.Equal(LastMomentReader.Bytes, read.Buffer.Length);
            reader.AdvanceTo(read.Buffer.End);
        }
    }

    /// <summary>Reads a lot, and is cancelled by the end of the period in the same moment.</summary>
    private sealed class LastMomentReader(FakeTimeProvider time) : PipeReader
    {
        public const int Bytes = 40 * 1024;

        private bool _isCancelled;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromSeconds(31));
            var result = new ReadResult(new ReadOnlySequence<byte>(new byte[Bytes]), _isCancelled, isCompleted: false);
            _isCancelled = false;
            return ValueTask.FromResult(result);
        }

        public override void CancelPendingRead() => _isCancelled = true;

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
