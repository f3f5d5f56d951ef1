using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex;
using Reflex.Storage;
using Reflex.Storage.FileLog;
using Reflex.Storage.FileLog.Files;

namespace Orleans.Hosting;

/// <summary>Chooses the file log as the storage of events.</summary>
public static class ReflexFileLogBuilderExtensions
{
    /// <summary>
    /// Stores events in segment files in a data folder of this machine, for a single silo. Calling it again changes the options
    /// and nothing else.
    /// </summary>
    /// <param name="builder">The builder that <c>AddReflex</c> gives.</param>
    /// <param name="path">The data folder; see <see cref="FileLogOptions.Path"/>.</param>
    /// <param name="configure">Changes further options; null leaves them at their defaults.</param>
    /// <returns>The same builder, for further calls.</returns>
    public static IReflexBuilder UseFileLog(this IReflexBuilder builder, string path, Action<FileLogOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(path);
        builder.Services.AddOptionsWithValidateOnStart<FileLogOptions>().Configure(options =>
        {
            options.Path = path;
            configure?.Invoke(options);
        });
        builder.Services.AddOptions<DataFolderOptions>().Configure<IOptions<FileLogOptions>>((folder, log) =>
        {
            folder.Path = log.Value.Path;
            folder.Access = log.Value.Access;
        });
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FileLogOptions>, FileLogOptionsValidator>());
        builder.Services.TryAddSingleton<IFileLayer>(services =>
            new DiskFileLayer(services.GetRequiredService<IOptions<FileLogOptions>>().Value.Access));
        builder.Services.TryAddSingleton(services => new FileLogProvider(
            services.GetRequiredService<IOptions<FileLogOptions>>().Value,
            services.GetRequiredService<IFileLayer>(),
            services.GetRequiredService<ILogger<FileLogProvider>>()));
        builder.Services.Replace(
            ServiceDescriptor.Singleton<IEventLogProvider>(services => services.GetRequiredService<FileLogProvider>()));
        return builder;
    }
}
