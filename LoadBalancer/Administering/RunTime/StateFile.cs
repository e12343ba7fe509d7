using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// Keeps run-time changes across restarts. The file is replaced atomically (written next to it, flushed to disk, renamed), so that a crash leaves
/// either the new state or the previous one. A checksum detects a damaged file, which is rejected and left unchanged.
/// </summary>
/// <param name="path">The file; null: nothing is saved.</param>
internal sealed class StateFile(string? path)
{
    private const string Format = "AspireLB run-time state 1";

    /// <exception cref="InvalidConfigurationException">The file exists but is not a valid state file.</exception>
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
            return root.GetProperty("sha256").GetString() == Checksum(state.GetRawText())
                && state.Deserialize(AdminJson.Default.RunTimeState) is { Backends.IsDefault: false } loaded
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

    /// <summary>Writes the state without an unconfirmed configuration.</summary>
    /// <exception cref="AdminFailure">The file can't be written; the previous one is unchanged.</exception>
    public void Save(RunTimeState state)
    {
        if (path is null)
            return;

        var text = JsonSerializer.Serialize(state with { Configuration = null }, AdminJson.Default.RunTimeState);
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
            throw new AdminFailure(
                StatusCodes.Status500InternalServerError,
                $"Nothing was changed, because the state file can't be written: {exception.Message}");
        }
    }

    // An applied configuration may contain secrets.
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
}
