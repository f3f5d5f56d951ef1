using System.Text.Json.Serialization;
using Reflex.Storage;

namespace Reflex.Orleans.State;

/// <summary>What every form begins with.</summary>
internal abstract record StoredForm
{
    /// <summary>The form that this program writes.</summary>
    public const int Newest = 3;

    /// <summary>Which form it is; 0 is what programs before the first form have written.</summary>
    [JsonPropertyOrder(-2), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Form { get; init; }

    /// <summary>The oldest form whose programs understand it: they pass over what they don't know.</summary>
    [JsonPropertyOrder(-1), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Reader { get; init; }

    /// <summary>Whether all members have their defaults.</summary>
    public abstract bool IsEmpty();

    /// <exception cref="StorageRefusedException">It is of a newer program, and this one would misunderstand it.</exception>
    public void RequireReadable()
    {
        if (Reader > Newest)
        {
            throw new StorageRefusedException(
                $"A stored state has form {Form}, which programs from form {Reader} on understand, and this program knows forms up to "
                + $"{Newest}: use the newer program.");
        }
    }

    /// <param name="form">What is to be stored.</param>
    /// <param name="oldestReader">
    /// The oldest form whose programs understand it: most do, since they pass over what they don't know, and find under the same names
    /// what they do.
    /// </param>
    protected static T Sign<T>(T form, int oldestReader = 0)
        where T : StoredForm =>
        form with { Form = Newest, Reader = oldestReader };
}
