using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring.Secrets;

/// <summary>Masks secrets in a route's match: the values of headers and query parameters with a secret's name.</summary>
internal static class SecretMatch
{
    public static RouteMatch Masked(RouteMatch match) => match with
    {
        Headers = match.Headers?.Select(header => header with { Values = Masked(header.Name, header.Values) }).ToArray(),
        QueryParameters = match.QueryParameters?.Select(parameter => parameter with { Values = Masked(parameter.Name, parameter.Values) }).ToArray(),
    };

    private static string[]? Masked(string name, IReadOnlyList<string>? values) =>
        values?.Select(value => SecretKeys.IsCarried(name, value) ? SecretText.Mask : SecretText.Masked(value)).ToArray();
}
