using Reflex.Streams;

namespace Reflex.Grpc.Errors;

/// <summary>
/// How errors are told apart in a status: by the reason of the <c>google.rpc.ErrorInfo</c> of <c>reflex.v1</c>. These belong to no
/// exception of Reflex's; the others are the exceptions' own (<see cref="ErrorCode.Reason"/>).
/// </summary>
/// <remarks>For whoever serves these contracts; a client makes exceptions of them by itself.</remarks>
public static class ErrorReasons
{
    /// <summary>The domain of every <c>google.rpc.ErrorInfo</c>.</summary>
    public const string Domain = "reflex";

    /// <summary>The caller has asked for what can't be: <see cref="ArgumentException"/> at the client.</summary>
    public const string InvalidArgument = "INVALID_ARGUMENT";

    /// <summary>The caller has asked for what can't be now: <see cref="InvalidOperationException"/> at the client.</summary>
    public const string InvalidOperation = "INVALID_OPERATION";

    /// <summary>The server has failed, and its log tells why.</summary>
    public const string Internal = "INTERNAL";

    /// <summary>The code in a <c>jettisonpb</c> detail by which clients of luno/reflex know that the head is reached.</summary>
    public const string HeadReachedCode = "ERR_b4b155d2a91cfcd0";

    /// <summary>The code in a <c>jettisonpb</c> detail by which clients of luno/reflex know that the server stops.</summary>
    public const string StreamStoppedCode = "ERR_09290f5944cb8671";

    /// <summary>What a <c>jettisonpb</c> detail has for a reason.</summary>
    /// <param name="reason">A reason of this class, or an <see cref="ErrorCode.Reason"/>.</param>
    /// <returns>The code that clients of luno/reflex know; the reason itself where they know none.</returns>
    public static string ToCode(string reason) =>
        reason == HeadReachedException.ToldAs.Reason ? HeadReachedCode
        : reason == StreamStoppedException.ToldAs.Reason ? StreamStoppedCode
        : reason;

    /// <summary>What a code in a <c>jettisonpb</c> detail stands for.</summary>
    /// <param name="code">What the detail has.</param>
    /// <returns>The reason; the code itself where clients of luno/reflex know it by no other.</returns>
    public static string OfCode(string code) => code switch
    {
        HeadReachedCode => HeadReachedException.ToldAs.Reason,
        StreamStoppedCode => StreamStoppedException.ToldAs.Reason,
        _ => code,
    };
}
