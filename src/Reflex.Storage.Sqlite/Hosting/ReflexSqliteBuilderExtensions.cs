using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;
using Reflex;
using Reflex.Storage;
using Reflex.Storage.Sqlite;

namespace Orleans.Hosting;

/// <summary>Chooses SQLite as the storage of cursors and stream definitions.</summary>
public static class ReflexSqliteBuilderExtensions
{
    /// <summary>
    /// Stores cursors and stream definitions in a SQLite file of this machine, for a single silo, unless a grain storage named
    /// <see cref="ReflexStorageNames.GrainStorage"/> is registered, such as by the <c>Orleans</c> section of the configuration.
    /// Calling it again changes nothing.
    /// </summary>
    /// <remarks>The file is <c>reflex.db</c> in the folder of <see cref="DataFolderOptions"/>, beside the file log's.</remarks>
    /// <param name="builder">The builder that <c>AddReflex</c> gives.</param>
    /// <returns>The same builder, for further calls.</returns>
    public static IReflexBuilder UseSqliteState(this IReflexBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddKeyedSingleton<IGrainStorage, SqliteGrainStorage>(ReflexStorageNames.GrainStorage);
        return builder;
    }
}
