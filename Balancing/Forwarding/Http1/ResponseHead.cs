using Microsoft.Extensions.Primitives;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>ResponseFraming tells how the end of a response's body is found (RFC 9112, section 6.3).</summary>
internal enum ResponseFraming
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>The body has as many bytes as <c>Content-Length</c> says.</summary>
    Length,

    /// <summary>The body ends with the last chunk and the trailer section.</summary>
    Chunked,

    /// <summary>The body ends when the backend closes the connection.</summary>
    UntilClose,
}

/// <summary>ResponseHead holds the parts of a response's status line and header section that a proxy needs.</summary>
internal sealed class ResponseHead
{
    private readonly List<KeyValuePair<string, StringValues>> _fields = [];

    public int StatusCode { get; private set; }

    /// <summary>The reason phrase if it differs from the status's usual one; otherwise null.</summary>
    public string? ReasonPhrase { get; private set; }

    /// <summary>Whether the response is HTTP/1.0, where connections close unless <c>Connection</c> says <c>keep-alive</c>.</summary>
    public bool IsHttp10 { get; private set; }

    /// <summary>Value of <c>Content-Length</c>; -1 without one.</summary>
    public long ContentLength { get; set; }

    public bool IsChunked { get; set; }

    /// <summary>Whether <c>Connection</c> says <c>close</c>.</summary>
    public bool SaysClose { get; set; }

    /// <summary>Whether <c>Connection</c> says <c>keep-alive</c>.</summary>
    public bool SaysKeepAlive { get; set; }

    /// <summary>Seconds that the backend keeps an idle connection, from <c>Keep-Alive: timeout=</c>; -1 without it.</summary>
    public int KeepAliveSeconds { get; set; }

    /// <summary>The fields to forward, with one entry per name. <c>Content-Length</c> and hop-by-hop fields are not among them.</summary>
    public List<KeyValuePair<string, StringValues>> Fields => _fields;

    /// <summary>Whether this is an interim response (RFC 9110, section 15.2).</summary>
    public bool IsInterim => StatusCode < 200;

    /// <summary>Whether the status has no body by definition (RFC 9110, sections 15.2, 15.3.5, 15.3.6 and 15.4.5).</summary>
    public bool IsBodyless => StatusCode is < 200 or 204 or 205 or 304;

    /// <summary>Whether the connection stays open after this response, provided that its body was well framed.</summary>
    public bool KeepsAlive => !SaysClose && (!IsHttp10 || SaysKeepAlive);

    public ResponseFraming FramingFor(bool isHeadRequest) =>
        isHeadRequest || IsBodyless ? ResponseFraming.None
        : IsChunked ? ResponseFraming.Chunked
        : ContentLength == 0 ? ResponseFraming.None
        : ContentLength > 0 ? ResponseFraming.Length
        : ResponseFraming.UntilClose;

    /// <summary>
    /// Whether the connection can carry another request after a response without a body. It cannot if the backend announced a body that the
    /// status does not allow, since the backend may send it all the same.
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

    /// <summary>Finds the value of a field to forward; null if there is none.</summary>
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
