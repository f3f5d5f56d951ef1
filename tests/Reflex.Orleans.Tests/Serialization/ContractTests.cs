using System.Reflection;
using Reflex.Orleans.Partitions;

namespace Reflex.Orleans.Tests.Serialization;

/// <summary>What silos say to one another bears names that outlive a move of the code.</summary>
public sealed class ContractTests
{
    private static readonly Type[] Types = typeof(IPartitionGrain).Assembly.GetTypes();

    [Fact]
    public void GrainInterfaces_AndTheirMethods_HaveNamesOfTheirOwn()
    {
        var interfaces = Types.Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable))).ToList();
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
        var sent = Types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null).ToList();
        Assert.NotEmpty(sent);
        Assert.All(sent, type => Assert.StartsWith("reflex.", type.GetCustomAttribute<AliasAttribute>()?.Alias, StringComparison.Ordinal));
    }

    private static string InterfaceIdOf(Type type)
    {
        var provider = type.GetCustomAttributes().OfType<IGrainInterfaceTypeProviderAttribute>().SingleOrDefault();
        return provider?.GetGrainInterfaceType(null!, type).ToString() ?? type.FullName!;
    }
}
