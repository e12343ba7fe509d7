using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;
using Microsoft.Extensions.Configuration;

namespace AspireLB.LoadBalancer.Tests.Configuring;

public class BackendsShorthandTests
{
    [Fact]
    public void Read_ListOfUrls_KeepsItsOrder()
    {
        var backends = Read("""{ "Backends": ["http://b:1", "http://c:1", "http://a:1", "http://d:1/base/"] }""");

        Assert.Equal([new("b", "http://b:1"), new("c", "http://c:1"), new("a", "http://a:1"), new("d", "http://d:1/base/")], backends);
    }

    [Fact]
    public void Read_MoreThanTenEntries_KeepsTheirOrder() =>
        Assert.Equal(
            Enumerable.Range(0, 12).Select(i => $"s{i}"),
            Read(Settings.Of([.. Enumerable.Range(0, 12).Select(i => ($"Backends:{i}", (string?)$"http://s{i}"))])).Select(backend => backend.Name));

    [Fact]
    public void Read_OneString_IsSplitAtCommas() =>
        Assert.Equal(["http://a:1", "http://b:2"], Read("""{ "Backends": " http://a:1 , http://b:2, " }""").Select(backend => backend.Address));

    [Fact]
    public void Read_Objects_GiveNameAddressAndWeight()
    {
        var backends = Read("""{ "Backends": [{ "Name": "blue", "Address": "http://10.0.0.1:80", "Weight": 3 }, { "Address": "http://green" }] }""");

        Assert.Equal([new("blue", "http://10.0.0.1:80", 3), new("green", "http://green")], backends);
    }

    [Theory]
    [InlineData("http://server-1:5001", "server-1")]
    [InlineData("http://server-1", "server-1")]
    [InlineData("http://10.0.0.1:5001", "10.0.0.1:5001")]
    [InlineData("https://10.0.0.1", "10.0.0.1:443")]
    [InlineData("http://[::1]:5001", "[::1]:5001")]
    public void Read_UrlWithoutName_IsCalledAfterItsHost(string url, string name) =>
        Assert.Equal(name, Assert.Single(Read($$"""{ "Backends": ["{{url}}"] }""")).Name);

    [Fact]
    public void Read_OneHostSeveralPorts_AreCalledHostAndPort() =>
        Assert.Equal(
            ["localhost:5001", "localhost:5002", "other"],
            Read("""{ "Backends": "http://localhost:5001,http://LOCALHOST:5002,http://other" }""").Select(backend => backend.Name));

    [Fact]
    public void Read_NoSuchKey_IsEmpty() => Assert.Empty(Read("{}"));

    [Fact]
    public void Read_SameNameTwice_IsRefused()
    {
        var errors = Errors("""{ "Backends": [{ "Name": "a", "Address": "http://x" }, { "Name": "A", "Address": "http://y" }] }""");

        Assert.Equal(["Backends:1: 'A' is not allowed; another backend already has this name; names must be unique"], errors);
    }

    [Theory]
    [InlineData("localhost:5001")]
    [InlineData("ftp://localhost")]
    [InlineData("http://")]
    [InlineData("http://localhost:99999")]
    [InlineData("nonsense")]
    [InlineData("http://localhost:5001/?x=1")] // the path of requests would go behind the query
    [InlineData("http://localhost:5001/#top")]
    public void Read_NotTheUrlOfABackend_IsRefused(string url)
    {
        var errors = Errors($$"""{ "Backends": ["http://good:1", "{{url}}"] }""");

        Assert.Equal([$"Backends:1: '{url}' is not allowed; expected: the URL of a backend, such as http://localhost:5001"], errors);
    }

    [Theory]
    [InlineData("""{ "Address": "http://x", "Weight": 0 }""", "Backends:0:Weight: '0' is not allowed; allowed: 1 to 1000")]
    [InlineData("""{ "Address": "http://x", "Weight": 1001 }""", "Backends:0:Weight: '1001' is not allowed; allowed: 1 to 1000")]
    [InlineData(
        """{ "Address": "http://x", "Wieght": 1 }""",
        "Backends:0:Wieght: unknown key; did you mean Weight? Known here: Address, Name, Weight")]
    [InlineData(
        """{ "Address": "http://x", "Name": "a/b" }""",
        "Backends:0:Name: 'a/b' is not allowed; allowed: 1 to 128 letters, digits and . _ : -")]
    [InlineData("""{ "Name": "a" }""", "Backends:0:Address: '' is not allowed; expected: the URL of a backend, such as http://localhost:5001")]
    [InlineData("\"\"", "Backends:0:Address: '' is not allowed; expected: the URL of a backend, such as http://localhost:5001")]
    public void Read_BadObject_SaysWhatIsWrong(string entry, string error) => Assert.Equal([error], Errors($$"""{ "Backends": [{{entry}}] }"""));

    [Fact]
    public void Read_SeveralBadEntries_AllAreReported() => Assert.Equal(3, Errors("""{ "Backends": ["a", "b", { "Weight": 0 }] }""").Length);

    [Fact]
    public void Read_SeveralSources_TheLastSetsAllOfIt()
    {
        var file = Settings.Json("""{ "Backends": ["http://file-1", "http://file-2", "http://file-3"] }""");
        var environment = new ConfigurationBuilder().AddConfiguration(file).AddInMemoryCollection([new("Backends:0", "http://environment")]).Build();
        var line = new ConfigurationBuilder().AddConfiguration(environment).AddCommandLine(["--Backends", "http://line-1,http://line-2"]).Build();
        var more = new ConfigurationBuilder().AddConfiguration(line).AddCommandLine(["--Urls", "http://localhost:1"]).Build();

        Assert.Equal(["file-1", "file-2", "file-3"], Read(file).Select(backend => backend.Name));
        Assert.Equal(["environment"], Read(environment).Select(backend => backend.Name));
        Assert.Equal(["line-1", "line-2"], Read(line).Select(backend => backend.Name));
        Assert.Equal(["line-1", "line-2"], Read(more).Select(backend => backend.Name));
    }

    [Fact]
    public void Read_ObjectsOfTwoSources_DoNotMerge()
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(Settings.Stream("""{ "Backends": [{ "Name": "a", "Address": "http://a", "Weight": 5 }] }"""))
            .AddInMemoryCollection([new("Backends:0:Address", "http://b")]).Build();

        Assert.Equal([new("b", "http://b")], Read(configuration));
    }

    private static IReadOnlyList<BackendEntry> Read(string json) => Read(Settings.Json(json));

    private static IReadOnlyList<BackendEntry> Read(IConfiguration configuration)
    {
        var errors = new List<ConfigurationError>();
        var backends = new BackendsShorthand(configuration, errors).Read();
        Assert.Empty(errors);
        return backends;
    }

    private static string[] Errors(string json)
    {
        var errors = new List<ConfigurationError>();
        new BackendsShorthand(Settings.Json(json), errors).Read();
        return [.. errors.Select(error => error.ToString())];
    }
}
