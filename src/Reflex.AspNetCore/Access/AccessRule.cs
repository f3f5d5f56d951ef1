using System.Security.Claims;
using Reflex.Streams;

namespace Reflex.AspNetCore.Access;

/// <summary>A policy of the configuration, made ready for questions.</summary>
internal sealed class AccessRule
{
    private readonly HashSet<string> _callers = new(StringComparer.Ordinal);
    private readonly StreamPattern[] _streams;
    private readonly StreamOperations _operations;

    /// <param name="policy">A policy without faults.</param>
    public AccessRule(ReflexAccessPolicy policy)
    {
        foreach (var who in policy.Who)
        {
            _callers.Add(CallerName.TryParse(who, out var name) ? name : throw new FormatException($"'{who}' names no caller."));
        }

        _streams = [.. policy.Streams.Select(StreamPattern.Parse)];
        foreach (var word in policy.May)
        {
            _operations |= StreamOperationWords.TryParse(word, out var operation) ? operation : StreamOperations.None;
        }
    }

    /// <param name="caller">Who asks.</param>
    /// <param name="stream">Where; null for all streams.</param>
    /// <param name="anyOf">What for.</param>
    public bool Grants(ClaimsPrincipal caller, StreamName? stream, StreamOperations anyOf) =>
        (_operations & anyOf) != StreamOperations.None
        && _streams.Any(pattern => stream is { } one ? pattern.Matches(one) : pattern.IsAll)
        && (_callers.Contains(CallerName.Everybody)
            || caller.Claims.Any(claim => claim.Type == Caller.NameClaim && _callers.Contains(claim.Value)));
}
