using Reflex.Streams;

namespace Reflex.Grpc.Errors;

/// <summary>
/// How errors are told apart in a status: by the reason of the <c>google.rpc.ErrorInfo</c> of <c>reflex.v1</c>. These belong to no
/// exception of Reflex's; the others are the exceptions' own (<see cref="ErrorCode.Reason"/>).
/// </summary>
internal static class ErrorReasons
{
    public const string Domain = "reflex";

    public const string InvalidArgument = "INVALID_ARGUMENT";
    public const string InvalidOperation = "INVALID_OPERATION";
    public const string Internal = "INTERNAL";

    /// <summary>The code in a <c>jettisonpb</c> detail by which clients of luno/reflex know that the head is reached.</summary>
    public const string HeadReachedCode = "ERR_b4b155d2a91cfcd0";

    /// <summary>The code in a <c>jettisonpb</c> detail by which clients of luno/reflex know that the server stops.</summary>
    public const string StreamStoppedCode = "ERR_09290f5944cb8671";

    /// <summary>The code of a reason in a <c>jettisonpb</c> detail.</summary>
    public static string ToCode(string reason) =>
        reason == HeadReachedException.ToldAs.Reason ? HeadReachedCode
        : reason == StreamStoppedException.ToldAs.Reason ? StreamStoppedCode
        : reason;

    /// <summary>The reason of a code in a <c>jettisonpb</c> detail.</summary>
    public static string OfCode(string code) => code switch
    {
        HeadReachedCode => HeadReachedException.ToldAs.Reason,
        StreamStoppedCode => StreamStoppedException.ToldAs.Reason,
        _ => code,
    };
}
