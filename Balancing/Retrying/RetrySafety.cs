namespace AspireLB.Balancing.Retrying;

/// <summary>RetrySafety tells whether a request may be executed twice.</summary>
internal static class RetrySafety
{
    /// <summary>The header by which a client declares that the server recognises a retry (draft-ietf-httpapi-idempotency-key-header).</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>RFC 9110 §9.2.1: the method is read-only, so two attempts at once do no harm.</summary>
    public static bool IsSafe(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
        || HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method);

    /// <summary>RFC 9110 §9.2.2: the safe methods, PUT and DELETE are idempotent; other methods are with an <c>Idempotency-Key</c>.</summary>
    public static bool From(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)
        || HttpMethods.IsPut(request.Method) || HttpMethods.IsDelete(request.Method) || HttpMethods.IsTrace(request.Method)
        || request.Headers.ContainsKey(IdempotencyKey);
}
