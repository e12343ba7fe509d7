using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AspireLB.LoadBalancer.Commands;

/// <summary>Describes in one sentence why an address can't be listened on.</summary>
internal static class ListenFailure
{
    /// <returns>Null if the exception is about something else.</returns>
    public static string? Describe(Exception exception) => exception switch
    {
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message.TrimEnd('.')}; "
            + "stop the process that listens there, or choose another address with --Urls (data) or --Admin:Urls (admin).",
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            "permission denied to listen on the address; ports below 1024 need a privilege. "
            + "Choose another with --Urls (data) or --Admin:Urls (admin).",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            "the address to listen on is not one of this machine's; see --Urls (data) and --Admin:Urls (admin).",
        _ => null,
    };
}
