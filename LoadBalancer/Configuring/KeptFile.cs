using System.IO.Hashing;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Remembers the content of a configuration file that is in effect, and serves it while the file can't be read: a file that is deleted, replaced
/// by a directory, emptied or made unreadable changes nothing.
/// </summary>
internal sealed class KeptFile : IFileProvider
{
    private readonly IFileProvider _files;
    private readonly string _path;
    private volatile byte[]? _kept;

    private KeptFile(JsonConfigurationSource source)
    {
        _files = source.FileProvider ?? new NullFileProvider();
        _path = source.Path!;
        Name = _files.GetFileInfo(_path).PhysicalPath ?? _path;
        Keep(Inspect().Content);
        source.FileProvider = this;
    }

    public string Name { get; }

    /// <summary>Makes a source of the live configuration read the content in effect instead of the file on disk.</summary>
    public static KeptFile Behind(JsonConfigurationSource source) => new(source);

    /// <summary>Declares a content to be in effect; null keeps the previous one.</summary>
    public void Keep(byte[]? content) => _kept = content ?? _kept;

    /// <summary>The file's content, or the content in effect together with the reason why the file can't be read.</summary>
    public FileSnapshot Inspect()
    {
        try
        {
            var content = Read();
            return content.AsSpan().ContainsAnyExcept(" \t\r\n"u8) ? new(content, null) : Missing("is empty");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Missing(Directory.Exists(Name) ? "is a directory" : "does not exist any more");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Missing($"can't be read ({exception.Message.TrimEnd('.')})");
        }
    }

    public IFileInfo GetFileInfo(string subpath) => _kept is { } content ? new KeptContent(Name, content) : new NotFoundFileInfo(subpath);

    public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

    // A file that never existed is not reported as lost.
    private FileSnapshot Missing(string loss) => _kept is null ? new(null, null) : new(_kept, loss);

    private byte[] Read()
    {
        var file = _files.GetFileInfo(_path);
        if (!file.Exists)
            throw new FileNotFoundException();
        using var stream = file.CreateReadStream();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private sealed class KeptContent(string name, byte[] content) : IFileInfo
    {
        public bool Exists => true;

        public long Length => content.Length;

        // With a path, the configuration provider would read the file from disk.
        public string? PhysicalPath => null;

        public string Name => Path.GetFileName(name);

        public DateTimeOffset LastModified => default;

        public bool IsDirectory => false;

        public Stream CreateReadStream() => new MemoryStream(content, writable: false);
    }
}

/// <summary>The result of inspecting a file.</summary>
/// <param name="Content">The content to use; null when there has never been any.</param>
/// <param name="Loss">Why the content is not the file's own; null when it is.</param>
internal sealed record FileSnapshot(byte[]? Content, string? Loss)
{
    /// <summary>Identifies the content. Not a cryptographic hash, which would load OpenSSL into the process.</summary>
    public string Fingerprint => Content is null ? "none" : Convert.ToHexString(XxHash128.Hash(Content));
}
