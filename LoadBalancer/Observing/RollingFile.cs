using System.Globalization;
using System.Text;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>Appends lines to a file. A full file is renamed to <c>file.1</c>, the previous one to <c>file.2</c>, and the oldest is deleted.</summary>
internal sealed class RollingFile(string path, long maxBytes, int kept) : IAsyncDisposable
{
    private FileStream? _file;

    public async Task WriteAsync(string lines)
    {
        _file ??= Open();
        if (_file.Length >= maxBytes)
            await RollAsync();
        await _file!.WriteAsync(Encoding.UTF8.GetBytes(lines));
        await _file.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is { } file)
            await file.DisposeAsync();
        _file = null;
    }

    private FileStream Open() => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    private async Task RollAsync()
    {
        await DisposeAsync();
        for (var number = kept; number > 0; number--)
        {
            var older = number == 1 ? path : Numbered(number - 1);
            if (File.Exists(older))
                File.Move(older, Numbered(number), overwrite: true);
        }

        if (kept == 0)
            File.Delete(path);
        _file = Open();
    }

    private string Numbered(int number) => path + "." + number.ToString(CultureInfo.InvariantCulture);
}
