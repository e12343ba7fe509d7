using System.Diagnostics;

namespace AspireLB.LoadBalancer.Forwarding.Http1;

/// <summary>
/// Trace context of the attempt's span (W3C Trace Context), by whatever <see cref="DistributedContextPropagator.Current"/> writes. Only where
/// there is a span: otherwise the client's own fields pass.
/// </summary>
internal static class TraceFields
{
    /// <summary>Whether the propagator writes this field, so that the client's must not pass beside it.</summary>
    public static bool Replaces(string name)
    {
        foreach (var field in DistributedContextPropagator.Current.Fields)
        {
            if (field.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    public static void Write(ref ByteWriter writer, Activity activity)
    {
        var fields = new List<KeyValuePair<string, string>>(3);
        DistributedContextPropagator.Current.Inject(activity, fields, static (carrier, name, value) =>
        {
            if (!value.AsSpan().ContainsAny('\r', '\n', '\0'))
                ((List<KeyValuePair<string, string>>)carrier!).Add(new(name, value));
        });
        foreach (var (name, value) in fields)
        {
            writer.Write(name);
            writer.Write(": "u8);
            writer.Write(value);
            writer.Write("\r\n"u8);
        }
    }
}
