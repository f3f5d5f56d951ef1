using System.Globalization;
using System.Text.Json;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Tests.Errors;

namespace Reflex.AspNetCore.Tests.Http.Problems;

public sealed class ProblemMapTests
{
    // As clients have it, but for the sentence: what they know errors by stays.
    private const string Told = """
        HeadReached: 409 head-reached (Head reached)
        StreamStopped: 503 stream-stopped (Server stopping) again
        StreamNotFound: 404 stream-not-found (Not found) stream="orders"
        PartitionNotFound: 404 partition-not-found (Not found) stream="orders" partition=7 partitions=4
        StreamConflict: 409 stream-conflict (Stream exists otherwise) stream="orders" storedPartitions=2 requestedPartitions=3
        StreamBeingDeleted: 503 stream-being-deleted (Stream being deleted) stream="orders" again
        StreamReplaced: 503 stream-replaced (Stream defined anew) stream="orders" expectedPartitions=2 foundPartitions=3 again
        ConsumerBeingRemoved: 503 consumer-being-removed (Consumer being removed) stream="orders" consumer="reader" again
        StreamLimit: 409 stream-limit (Too many streams) stream="orders" limit=5
        ConsumerLimit: 409 consumer-limit (Too many consumers) stream="orders" consumer="reader" limit=5
        ConsumerNotFound: 404 consumer-not-found (Not found) stream="orders" consumer="reader"
        ConsumerConflict: 409 consumer-conflict (Not possible now) stream="orders" consumer="reader"
        ConsumerReplaced: 409 consumer-replaced (Consumer taken over) stream="orders" consumer="reader"
        ConsumerStopped: 409 consumer-stopped (Consumer stopped) stream="orders" consumer="reader"
        SessionEnded: 503 session-ended (Session ended) stream="orders" consumer="reader" again
        CursorStore: 503 unavailable (Temporarily unavailable) traceId="" again
        CursorAhead: 409 cursor-ahead (Cursor ahead of the head) stream="orders" partition=1 cursor="9" head="3"
        CursorExpired: 410 cursor-expired (Cursor older than retention) stream="orders" partition=1 cursor="3" oldest="9"
        CursorOfAnotherLife: 409 cursor-of-another-life (Cursor of another life of the log) stream="orders" partition=1 cursor="9@a"
        EventTooLarge: 413 too-large (Too large) size=9 limit=3
        LogBusy: 503 log-busy (Log busy) stream="orders" partition=1 limit=5 again
        QuotaExceeded: 429 quota-exceeded (Quota used up) stream="orders" partition=1 limit=5 stored=4 retryAfter=2 again
        UpgradeUnfinished: 503 upgrade-unfinished (Cluster not upgraded) stream="orders" partition=1 olderSilos=1 silos=3 again
        LogFull: 507 log-full (No room left) stream="orders" partition=1 traceId=""
        LogUnavailable: 503 log-unavailable (Log unavailable) stream="orders" partition=1 traceId="" again
        LogFailed: 503 log-failed (Log failed) stream="orders" partition=1 again
        LogFailed: 503 log-failed (Log failed) stream="orders" partition=1 traceId="" again
        LogFenced: 503 log-failed (Log failed) stream="orders" partition=1 again
        LogCorrupted: 500 log-corrupted (Stored data is damaged) traceId=""
        StoredCursorAhead: 500 log-corrupted (Stored data is damaged)
        ConsumerBusy: 503 unavailable (Temporarily unavailable) again
        StateStore: 503 unavailable (Temporarily unavailable) traceId="" again
        ClusterUnavailable: 503 unavailable (Temporarily unavailable) traceId="" again
        ServerBusy: 503 server-busy (Server busy) again
        StorageRefused: 500 failed (Operation failed) traceId=""
        SessionFailed: 500 failed (Operation failed)
        ConsumerLogic: 500 failed (Operation failed)
        ConsumerLogic: 503 unavailable (Temporarily unavailable) again
        EventFilter: 500 failed (Operation failed)
        RemoteCall: 500 failed (Operation failed)
        RemoteCall: 503 unavailable (Temporarily unavailable) again
        Unauthenticated: 401 unauthenticated (Who calls isn't known)
        AccessDenied: 403 access-denied (Not allowed) stream="orders" operations=["append"]
        AuthorityUnavailable: 503 unavailable (Temporarily unavailable) again
        RateExceeded: 429 rate-exceeded (Too many appends) limit=10 unit="appends" retryAfter=2 again
        TooManyStreams: 429 too-many-streams (Too many streams) limit=5 again
        Format: 400 bad-request (Bad request)
        Timeout: 504 timeout (No answer in time) again
        InvalidOperation: 500 internal-error (Internal error) traceId=""
        """;

    [Fact]
    public void Of_EveryException_IsToldAsEver()
    {
        var told = ErrorEncoderTests.Errors.Select(row => Tell(row.Data.Item1));
        Assert.Equal(Told, string.Join('\n', told), ignoreLineEndingDifferences: true);
    }

    private static string Tell(Exception error)
    {
        var problem = ProblemMap.Of(error);
        var facts = problem.Facts.Select(fact => $" {fact.Key}={JsonSerializer.Serialize(fact.Value)}");
        var name = error.GetType().Name.Replace("Exception", "", StringComparison.Ordinal);
        return string.Create(
            CultureInfo.InvariantCulture, $"{name}: {problem.Status} {problem.Code} ({problem.Title}){string.Concat(facts)}")
            + (problem.RetryAfterSeconds is null ? "" : " again");
    }
}
