using System.Reflection;
using Reflex.Orleans.Partitions;

namespace Reflex.Orleans.Tests.Serialization;

/// <summary>What silos say to one another bears names that outlive a move of the code, and grows without a break.</summary>
public sealed class ContractTests
{
    private const string Fixture = "tests/Reflex.Orleans.Tests/Serialization/Contracts.txt";

    private const BindingFlags Members =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] Types = typeof(IPartitionGrain).Assembly.GetTypes();
    private static readonly Type[] Sent =
    [
        .. Types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null).OrderBy(AliasOf, StringComparer.Ordinal),
    ];

    [Fact]
    public void GrainInterfaces_AndTheirMethods_HaveNamesOfTheirOwn()
    {
        var interfaces = Interfaces();
        Assert.NotEmpty(interfaces);
        Assert.All(interfaces, type =>
        {
            Assert.Matches("^reflex\\.[a-z-]+$", InterfaceIdOf(type));
            Assert.All(type.GetMethods(), method => Assert.NotNull(method.GetCustomAttribute<AliasAttribute>()));
        });
        Assert.Distinct(interfaces.Select(InterfaceIdOf));
    }

    [Fact]
    public void GrainClasses_HaveNamesOfTheirOwn() => Assert.All(
        Types.Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IGrainBase))),
        type => Assert.NotNull(type.GetCustomAttribute<GrainTypeAttribute>()));

    [Fact]
    public void SentTypes_HaveNamesOfTheirOwn()
    {
        Assert.NotEmpty(Sent);
        Assert.All(Sent, type => Assert.StartsWith("reflex.", AliasOf(type), StringComparison.Ordinal));
        Assert.Distinct(Sent.Select(AliasOf));
    }

    /// <summary>Parameters of a call can't be added while older silos run; members of a record can.</summary>
    [Fact]
    public void GrainCalls_TakeOneRequestRecordAndAnswerOneResponseRecord()
    {
        var calls = Interfaces().SelectMany(type => type.GetMethods()).ToList();
        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.True(
            call.GetParameters().Select(parameter => parameter.ParameterType).ToArray() is [var request, .. var others]
                && IsRecord(request)
                && others.Length <= 1
                && others.All(type => type == typeof(CancellationToken))
                && call.ReturnType is { IsGenericType: true } answer
                && answer.GetGenericTypeDefinition() == typeof(Task<>)
                && IsRecord(answer.GenericTypeArguments[0]),
            $"{call.DeclaringType!.Name}.{call.Name} must take one request record, besides a CancellationToken where it needs one, and "
            + "answer a Task of one response record. Such a record is sealed, [GenerateSerializer], [Immutable] and has an [Alias]."));
    }

    /// <summary>A positional member without a number would be sent all the same, numbered by its place.</summary>
    [Fact]
    public void MembersOfSentTypes_HaveNumbers()
    {
        Assert.All(Sent, type =>
        {
            var stored = type.GetFields(Members).Length;
            Assert.True(
                stored == MembersOf(type).Count(),
                $"{type.Name} stores {stored} value(s), and {MembersOf(type).Count()} of its members have an [Id].");
        });
    }

    [Fact]
    public void MembersOfSentTypes_AreThoseThatOlderSilosKnow()
    {
        var known = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Serialization", "Contracts.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').ToList();
        var sent = Sent.SelectMany(LinesOf).ToList();

        var gone = known.Except(sent).ToList();
        Assert.True(gone.Count == 0, Message(
            $"These lines of {Fixture} are not true any more. A line there never changes, since silos and states of older versions hold "
            + "to it: give the member its number and type back, and add another member under a new number instead.",
            gone));
        var added = sent.Except(known).ToList();
        Assert.True(added.Count == 0, Message(
            $"What is sent has grown: add these lines to {Fixture}, each after its record's last one, and leave the lines that are there "
            + "as they are.",
            added));
        Assert.Distinct(known);
    }

    private static List<Type> Interfaces() =>
        [.. Types.Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)))];

    private static string InterfaceIdOf(Type type)
    {
        var provider = type.GetCustomAttributes().OfType<IGrainInterfaceTypeProviderAttribute>().SingleOrDefault();
        return provider?.GetGrainInterfaceType(null!, type).ToString() ?? type.FullName!;
    }

    private static string? AliasOf(Type type) => type.GetCustomAttribute<AliasAttribute>()?.Alias;

    private static bool IsRecord(Type type) =>
        type is { IsClass: true, IsSealed: true }
        && type.GetMethod("<Clone>$") is not null
        && type.GetCustomAttribute<ImmutableAttribute>() is not null
        && Sent.Contains(type);

    /// <summary>A line for the type, and one for each member: alias, number, type.</summary>
    private static IEnumerable<string> LinesOf(Type type)
    {
        var members = MembersOf(type).OrderBy(member => member.Id).Select(member => $"{AliasOf(type)} {member.Id} {NameOf(member.Type)}");
        return members.Prepend(AliasOf(type)!);
    }

    private static IEnumerable<(uint Id, Type Type)> MembersOf(Type type) =>
        from member in type.GetMembers(Members)
        let id = member.GetCustomAttribute<IdAttribute>()
        where id is not null
        select (id.Id, member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType);

    /// <summary>A type as it is sent: whether a reference may be null is not.</summary>
    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return $"{NameOf(value)}?";
        }

        if (type.IsGenericType)
        {
            return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GenericTypeArguments.Select(NameOf))}>";
        }

        var name = AliasOf(type) ?? type.Name;
        Assert.False(
            type.Assembly.GetName().Name!.StartsWith("Reflex", StringComparison.Ordinal) && AliasOf(type) is null,
            $"{type.FullName} is sent, and has no [Alias]: send a record of this project instead.");
        return name;
    }

    private static string Message(string what, List<string> lines) => $"{what}\n{string.Join('\n', lines)}";
}
