using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// Keeps what was changed at run time over a restart. The file is replaced as a whole (written beside it, flushed to the disk, renamed), so
/// that a crash leaves the last state or the one before; a checksum tells a damaged file, which is refused and left as it is.
/// </summary>
/// <param name="path">Null: nothing is kept.</param>
internal sealed class StateFile(string? path)
{
    private const string Format = "AspireLB run-time state 1";

    private static readonly JsonSerializerOptions Json = CreateJson();

    /// <exception cref="InvalidConfigurationException">The file is there, but is not a whole state file.</exception>
    public RunTimeState Load()
    {
        if (path is null || !File.Exists(path))
            return RunTimeState.Empty;

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || format.ToString() != Format)
                throw Refused("it is not a state file of this balancer");

            var state = root.GetProperty("state");
            return root.GetProperty("sha256").GetString() == Checksum(state.GetRawText()) && state.Deserialize<RunTimeState>(Json) is { Backends.IsDefault: false } loaded
                ? loaded with { Configuration = loaded.Confirmed }
                : throw Refused("it is damaged, or was changed by hand: its checksum is wrong");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Refused("it is damaged, or not a state file of this balancer");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(exception.Message);
        }
    }

    /// <summary>Writes the state; what is not confirmed yet is not kept.</summary>
    /// <exception cref="AdminFailure">The file can't be written; the one before is still there.</exception>
    public void Save(RunTimeState state)
    {
        if (path is null)
            return;

        var text = JsonSerializer.Serialize(state with { Configuration = null }, Json);
        try
        {
            var beside = path + ".new";
            using (var file = new FileStream(beside, RestrictToOwner()))
            {
                file.Write(Encoding.UTF8.GetBytes($$"""{"format":"{{Format}}","sha256":"{{Checksum(text)}}","state":{{text}}}"""));
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AdminFailure(StatusCodes.Status500InternalServerError, $"Nothing was changed, since the state file can't be written: {exception.Message}");
        }
    }

    // A configuration put in force may hold secrets.
    private static FileStreamOptions RestrictToOwner()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private InvalidConfigurationException Refused(string why) =>
        new([new($"{AdminSection.Key}:{nameof(AdminOptions.StateFile)}", path, $"{why}. It is left as it is; move it away or name another file")]);

    private static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        AdminJson.Configure(json);
        return json;
    }
}
