using Microsoft.Extensions.Options;

namespace Reflex.Orleans.Tls;

/// <summary>Reports every fault of <see cref="ClusterTlsOptions"/>, and what is wrong with the files that they name.</summary>
internal sealed class ClusterTlsOptionsValidator(CertificateUses uses) : IValidateOptions<ClusterTlsOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterTlsOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        RequireFile(nameof(options.CertificateFile), options.CertificateFile);
        RequireFile(nameof(options.AuthorityFile), options.AuthorityFile);
        if (options.Name is { } dns && Uri.CheckHostName(dns) != UriHostNameType.Dns)
        {
            result.AddError($"{nameof(ClusterTlsOptions)}.{nameof(options.Name)} is '{dns}': expected a DNS name such as reflex.internal.");
        }

        var faults = result.Build();
        return faults.Failed ? faults : ValidateFiles(options);

        void RequireFile(string setting, string path)
        {
            if (string.IsNullOrWhiteSpace(path))
            {
                result.AddError($"{nameof(ClusterTlsOptions)}.{setting} is empty: expected the path of a PEM file.");
            }
        }
    }

    private ValidateOptionsResult ValidateFiles(ClusterTlsOptions options)
    {
        try
        {
            ClusterCertificate.Parse(ClusterPem.Read(options), options, uses);
            return ValidateOptionsResult.Success;
        }
        catch (InvalidDataException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }
    }
}
