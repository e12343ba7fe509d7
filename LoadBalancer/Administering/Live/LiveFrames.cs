using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>Encodes frames of an event stream (WHATWG HTML §9.2), once for all readers.</summary>
internal static class LiveFrames
{
    private const int FirstGuess = 1024;

    public static ReadOnlyMemory<byte> From<T>(string name, T data, JsonTypeInfo<T> type, string? id = null)
    {
        var frame = new ArrayBufferWriter<byte>(FirstGuess);
        Encoding.UTF8.GetBytes(id is null ? $"event: {name}\ndata: " : $"event: {name}\nid: {id}\ndata: ", frame);
        using (var json = new Utf8JsonWriter(frame, new() { Encoder = type.Options.Encoder, SkipValidation = true }))
            JsonSerializer.Serialize(json, data, type);
        frame.Write("\n\n"u8);
        return frame.WrittenMemory;
    }

    /// <summary>An event's id: the run of the balancer and the event's number within it.</summary>
    public static string IdOf(string instance, long number) => string.Create(CultureInfo.InvariantCulture, $"{instance}-{number}");

    /// <summary>The number in such an id; 0 if the id is malformed or from another run.</summary>
    public static long NumberIn(string? id, string instance) =>
        id is not null && id.StartsWith(instance + "-", StringComparison.Ordinal)
            && long.TryParse(id.AsSpan(instance.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
