using System.Buffers;
using System.Diagnostics;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Routes;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>RequestFraming tells how a request's body is framed for the backend; a content length of -1 stands for none.</summary>
internal readonly record struct RequestFraming(long ContentLength, bool IsChunked, bool ExpectsContinue)
{
    /// <summary>No body, and no field that announces one.</summary>
    public static readonly RequestFraming None = new(-1, false, false);
}

/// <summary>
/// RequestHeadWriter writes a request's head for a backend (RFC 9112, sections 3 and 5). It writes its own framing fields, leaves out hop-by-hop
/// fields and those that <c>Connection</c> nominates, and lets no character through that could end a line early.
/// </summary>
internal static class RequestHeadWriter
{
    private static readonly SearchValues<char> LineEnders = SearchValues.Create('\0', '\r', '\n');
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Writes the head. False if the request cannot be expressed safely in HTTP/1.1; the bytes written are then to be discarded.</summary>
    public static bool TryWrite(
        ref ByteWriter writer, HttpContext context, IHttpRequestFeature request, Upstream backend, RoutePlan plan, RequestFraming framing,
        Activity? activity, UnrecordedTrace unrecorded = default)
    {
        if (!RequestTarget.TryGetOrigin(request.RawTarget, out var target) || request.Method.AsSpan().ContainsAnyExcept(Token))
            return false;

        writer.Write(request.Method);
        writer.Write(" "u8);
        if (target[0] != '*')
            writer.Write(target[0] == '/' ? backend.PathPrefix : backend.PathPrefixWithSlash);
        writer.Write(target);
        writer.Write(" HTTP/1.1\r\nHost: "u8);

        var headers = request.Headers;
        var host = headers.Host;
        if (!TryWriteHost(ref writer, context, backend, plan, host) || !TryWriteFields(ref writer, headers, plan, activity is not null))
            return false;

        if (framing.IsChunked)
            writer.Write("Transfer-Encoding: chunked\r\n"u8);
        else if (framing.ContentLength >= 0)
            WriteLength(ref writer, framing.ContentLength);
        if (framing.ExpectsContinue)
            writer.Write("Expect: 100-continue\r\n"u8);

        if (plan.AddsForwarded)
            ForwardedFields.Write(ref writer, context, headers, request.Scheme, host);
        if (activity is not null)
            TraceFields.Write(ref writer, activity);
        else if (!unrecorded.IsNone)
            TraceFields.Write(ref writer, unrecorded);
        writer.Write("\r\n"u8);
        return true;
    }

    private static bool TryWriteHost(ref ByteWriter writer, HttpContext context, Upstream backend, RoutePlan plan, StringValues host)
    {
        var text = plan.UsesOriginalHost ? (host.Count == 1 ? host[0] : null) : Upstream.HostOverride(context);
        if (string.IsNullOrEmpty(text))
            writer.Write(backend.Authority);
        else if (text.AsSpan().ContainsAny(LineEnders))
            return false;
        else
            writer.Write(text);

        writer.Write("\r\n"u8);
        return true;
    }

    private static bool TryWriteFields(ref ByteWriter writer, IHeaderDictionary headers, RoutePlan plan, bool isTraced)
    {
        var connection = headers.Connection;
        var nominated = connection.Count > 0 && HopByHop.NominatesOthers(connection) ? connection : default;
        foreach (var (name, values) in headers)
        {
            if (IsOurs(name, plan, isTraced) || HopByHop.Names.Contains(name) || (nominated.Count > 0 && HopByHop.IsNominated(nominated, name)))
                continue;
            if (name.AsSpan().ContainsAnyExcept(Token))
            {
                // HTTP/2's pseudo-fields appear among the headers; any other such name could not be written as a field line.
                if (name is [':', ..])
                    continue;
                return false;
            }

            for (var i = 0; i < values.Count; i++)
            {
                var value = values[i].AsSpan();
                if (value.ContainsAny(LineEnders))
                    return false;

                writer.Write(name);
                writer.Write(": "u8);
                writer.Write(value);
                writer.Write("\r\n"u8);
            }
        }

        return true;
    }

    /// <summary>Whether the balancer writes the field itself instead of copying it.</summary>
    private static bool IsOurs(string name, RoutePlan plan, bool isTraced) => name.Length switch
    {
        4 => name.Equals(HeaderNames.Host, StringComparison.OrdinalIgnoreCase),
        6 => name.Equals(HeaderNames.Expect, StringComparison.OrdinalIgnoreCase),
        14 => name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase),
        9 or 15 or 16 or 17 or 18 when plan.AddsForwarded && ForwardedFields.Replaces(name) => true,
        _ => isTraced && TraceFields.Replaces(name),
    };

    private static void WriteLength(ref ByteWriter writer, long length)
    {
        writer.Write("Content-Length: "u8);
        writer.Write(length);
        writer.Write("\r\n"u8);
    }
}
