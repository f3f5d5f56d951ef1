using System.Globalization;

namespace Reflex;

/// <summary>An operation failed for a reason outside the caller's code.</summary>
/// <remarks>
/// Errors end in three families. Misuse throws the CLR's own <see cref="ArgumentException"/>,
/// <see cref="FormatException"/> and <see cref="InvalidOperationException"/>. An operating failure throws a subclass of this
/// class. Damaged data throws <see cref="Storage.LogCorruptedException"/>, which is never worth a retry.
/// The facts that a subclass shows as properties live in <see cref="Exception.Data"/>, so that they survive any transport
/// which carries the base exception, Orleans' included.
/// </remarks>
public abstract class ReflexException : Exception
{
    private const string TransientFact = "reflex.transient";
    private const string ClientMessageFact = "clientMessage";

    private string? _remoteMessage;

    /// <summary>For a subclass, which adds its facts with <see cref="SetFact"/>.</summary>
    /// <param name="message">What failed, for which id, what was expected and found, and what to do.</param>
    /// <param name="isTransient">Whether the same call may succeed later without anybody's doing.</param>
    /// <param name="innerException">The cause, or null.</param>
    protected ReflexException(string message, bool isTransient, Exception? innerException = null)
        : base(message, innerException) => Data[TransientFact] = isTransient;

    /// <summary>Whether the same call may succeed later without a change of the call or of the configuration.</summary>
    public bool IsTransient => Data[TransientFact] is true;

    /// <summary>What failed, for which id, what was expected and found, and what to do.</summary>
    public override string Message => _remoteMessage ?? base.Message;

    /// <summary>
    /// The message for a client outside of the cluster, which may not learn the server's paths and addresses: <see cref="Message"/>, or a
    /// sentence that says less where that has them.
    /// </summary>
    public string ClientMessage => _remoteMessage ?? (GetText(ClientMessageFact) is { Length: > 0 } told ? told : Message);

    /// <summary>By what clients know the failure, whatever they speak.</summary>
    /// <remarks>
    /// A class of one's own takes <see cref="ErrorCode.Unavailable"/> or <see cref="ErrorCode.Failed"/>, unless clients are to tell it
    /// from other failures.
    /// </remarks>
    public abstract ErrorCode Code { get; }

    /// <summary>What clients are told besides <see cref="ClientMessage"/>, under the same names whatever they speak.</summary>
    public virtual ErrorFacts Facts => ErrorFacts.None;

    /// <summary>Takes the sentence of the side that failed, which knew more than has come here.</summary>
    internal void SetRemoteMessage(string message) => _remoteMessage = message;

    /// <summary>Stores a fact of this failure under <paramref name="name"/>.</summary>
    /// <param name="name">The fact's name, unique in the exception.</param>
    /// <param name="value">A string, an integer or an array of strings: types that any transport carries.</param>
    protected void SetFact(string name, object? value) => Data["reflex." + name] = value;

    /// <summary>Tells clients less than <see cref="Message"/>, which has a path, an address or another error's text.</summary>
    /// <param name="message">One sentence: what, which id, what to do.</param>
    protected void SetClientMessage(string message) => SetFact(ClientMessageFact, message);

    /// <summary>Reads a number stored by <see cref="SetFact"/>; 0 when a transport has dropped it.</summary>
    /// <param name="name">The fact's name.</param>
    /// <returns>What was stored, as a 64-bit number.</returns>
    protected long GetNumber(string name) =>
        Data["reflex." + name] is { } value ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;

    /// <summary>Reads a text stored by <see cref="SetFact"/>; empty when a transport has dropped it.</summary>
    /// <param name="name">The fact's name.</param>
    /// <returns>What was stored, if it was a text.</returns>
    protected string GetText(string name) => Data["reflex." + name] as string ?? "";
}
