using Grpc.Core;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Errors;
using Reflex.AspNetCore.Limits;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Grpc;
using Reflex.Grpc.Errors;
using Reflex.Storage;

namespace Reflex.AspNetCore.Tests.Errors;

public sealed class ErrorRoundTripTests
{
    // What a client takes for its base class, or for a failure of no name.
    private static readonly Type[] Others =
    [
        typeof(ConsumerBusyException), typeof(ConsumerLogicException), typeof(CursorStoreException), typeof(EventFilterException),
        typeof(LogFencedException), typeof(SessionFailedException), typeof(StateStoreException), typeof(StorageRefusedException),
        typeof(StoredCursorAheadException), typeof(RemoteCallException), typeof(UnauthenticatedException), typeof(AccessDeniedException),
        typeof(AuthorityUnavailableException), typeof(TooManyStreamsException), typeof(RateExceededException),
    ];

    private static readonly CallContext Context = new("read orders", "orders", "reader");

    public static TheoryData<ReflexException> Errors =>
    [
        .. ErrorEncoderTests.Errors.Select(row => row.Data.Item1).OfType<ReflexException>()
            .Where(error => !Others.Contains(error.GetType())),
    ];

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void Decode_WhatTheServerSays_IsTheSameErrorAtTheClient(ReflexException error)
    {
        var status = ErrorEncoder.Of(error);
        foreach (var sent in (RpcException[])[StatusEncoder.ToV1(status), StatusEncoder.ToReflexpb(status, hopOnly: false)])
        {
            var decoded = Assert.IsType<ReflexException>(ErrorDecoder.Decode(sent, Context), exactMatch: false);
            Assert.Equal((error.GetType(), LogReference.Tell(error)), (decoded.GetType(), decoded.Message));
            Assert.Equal((error.Code, error.IsTransient), (decoded.Code, decoded.IsTransient));
            Assert.Equal(error.Facts, decoded.Facts);
            foreach (System.Collections.DictionaryEntry fact in error.Data)
            {
                if (fact.Key is not "reflex.clientMessage")
                {
                    Assert.Equal(fact.Value, decoded.Data[fact.Key]);
                }
            }
        }
    }
}
