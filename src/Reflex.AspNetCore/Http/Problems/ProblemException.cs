namespace Reflex.AspNetCore.Http.Problems;

/// <summary>Ends a request with a problem that these endpoints found themselves.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;

    public static ProblemException BadRequest(string detail) => new(BadRequestProblem(detail));

    /// <summary>A body that can't be read as what it should be.</summary>
    public static ProblemException Malformed(string detail) =>
        new(new Problem(StatusCodes.Status400BadRequest, "malformed-body", "Malformed body", detail));

    /// <summary>A body, or a part of it, over its limit.</summary>
    public static ProblemException TooLarge(string what, long size, long limit, string remedy) =>
        new(new Problem(
            StatusCodes.Status413PayloadTooLarge, "too-large", "Too large", $"{what} has {size} bytes; the limit is {limit}: {remedy}.")
            .With("size", size)
            .With("limit", limit));

    /// <summary>A body over its limit, of which nobody knows how large it is.</summary>
    public static ProblemException TooLarge(string what, long limit, string remedy) =>
        new(new Problem(
            StatusCodes.Status413PayloadTooLarge, "too-large", "Too large", $"{what} has more than {limit} bytes: {remedy}.")
            .With("limit", limit));

    public ProblemException With(string fact, object value) => new(Problem.With(fact, value));

    private static Problem BadRequestProblem(string detail) =>
        new(StatusCodes.Status400BadRequest, "bad-request", "Bad request", detail);
}
