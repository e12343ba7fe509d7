using Microsoft.Extensions.Primitives;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>How the end of a response's body is found (RFC 9112, section 6.3).</summary>
internal enum ResponseFraming
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>As many bytes as <c>Content-Length</c> says.</summary>
    Length,

    /// <summary>Until the last chunk and the trailer section.</summary>
    Chunked,

    /// <summary>Until the backend closes the connection.</summary>
    UntilClose,
}

/// <summary>A response's status line and header section, as far as a proxy is concerned with them.</summary>
internal sealed class ResponseHead
{
    private readonly List<KeyValuePair<string, StringValues>> _fields = [];

    public int StatusCode { get; private set; }

    /// <summary>The reason phrase where it is not the usual one of the status; otherwise null.</summary>
    public string? ReasonPhrase { get; private set; }

    /// <summary>Whether the response is of HTTP/1.0, whose connections close unless they say otherwise.</summary>
    public bool IsHttp10 { get; private set; }

    /// <summary>Value of <c>Content-Length</c>; -1 without one.</summary>
    public long ContentLength { get; set; }

    public bool IsChunked { get; set; }

    /// <summary>Whether <c>Connection</c> says <c>close</c>.</summary>
    public bool SaysClose { get; set; }

    /// <summary>Whether <c>Connection</c> says <c>keep-alive</c>.</summary>
    public bool SaysKeepAlive { get; set; }

    /// <summary>Seconds that the backend keeps the connection when idle, from <c>Keep-Alive: timeout=</c>; -1 when it does not say.</summary>
    public int KeepAliveSeconds { get; set; }

    /// <summary>The fields to pass on, those of the same name in one entry. <c>Content-Length</c> and hop-by-hop fields are not among them.</summary>
    public List<KeyValuePair<string, StringValues>> Fields => _fields;

    /// <summary>Whether this is an interim response (RFC 9110, section 15.2).</summary>
    public bool IsInterim => StatusCode < 200;

    /// <summary>Whether the status has no body by definition (RFC 9110, sections 15.2, 15.3.5, 15.3.6 and 15.4.5).</summary>
    public bool IsBodyless => StatusCode is < 200 or 204 or 205 or 304;

    /// <summary>Whether the connection stays open after this response, if its body leaves it in order.</summary>
    public bool KeepsAlive => !SaysClose && (!IsHttp10 || SaysKeepAlive);

    public ResponseFraming FramingFor(bool isHeadRequest) =>
        isHeadRequest || IsBodyless ? ResponseFraming.None
        : IsChunked ? ResponseFraming.Chunked
        : ContentLength == 0 ? ResponseFraming.None
        : ContentLength > 0 ? ResponseFraming.Length
        : ResponseFraming.UntilClose;

    /// <summary>
    /// Whether the connection may carry another request after a response without a body: not where the backend announced one that the
    /// status does not allow, since it may send it all the same.
    /// </summary>
    public bool LeavesConnectionClean(bool isHeadRequest) =>
        isHeadRequest || StatusCode == 304 || (IsBodyless ? !IsChunked && ContentLength <= 0 : true);

    public void Reset(int statusCode, string? reasonPhrase, bool isHttp10)
    {
        StatusCode = statusCode;
        ReasonPhrase = reasonPhrase;
        IsHttp10 = isHttp10;
        ContentLength = -1;
        KeepAliveSeconds = -1;
        IsChunked = SaysClose = SaysKeepAlive = false;
        _fields.Clear();
    }

    public void Add(string name, string value)
    {
        for (var i = 0; i < _fields.Count; i++)
        {
            if (string.Equals(_fields[i].Key, name, StringComparison.OrdinalIgnoreCase))
            {
                _fields[i] = new(_fields[i].Key, StringValues.Concat(_fields[i].Value, value));
                return;
            }
        }

        _fields.Add(new(name, value));
    }

    /// <summary>Value of a field to pass on; null without one.</summary>
    public string? Find(string name)
    {
        foreach (var field in _fields)
        {
            if (string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase))
                return field.Value;
        }

        return null;
    }

    public void Remove(string name) => _fields.RemoveAll(field => string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase));
}
