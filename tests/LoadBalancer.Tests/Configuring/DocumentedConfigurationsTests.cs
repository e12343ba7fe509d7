using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using AspireLB.LoadBalancer.Tests.EndToEnd.Admin;
using Microsoft.Extensions.Configuration;

namespace AspireLB.LoadBalancer.Tests.Configuring;

/// <summary>The balancer accepts every configuration that the documents show. The certificates that they name are made for the test.</summary>
public sealed partial class DocumentedConfigurationsTests : IDisposable
{
    private readonly CertificateFiles _files = new("the documents' authority");

    public static TheoryData<string, int> Blocks =>
        [.. Pages().SelectMany(page => Enumerable.Range(0, Configurations(page).Count).Select(index => (page, index)))];

    public DocumentedConfigurationsTests() => _files.WriteServer("the documents' server").Dispose();

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Read_ConfigurationOfADocument_HasNoError(string page, int index)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(WithCertificates(Configurations(page)[index])));

        var configuration = await ConfigurationReader.Create().ReadAsync(new ConfigurationBuilder().AddJsonStream(json).Build());

        Assert.NotEmpty(configuration.Clusters);
    }

    [Fact]
    public void Documents_ShowConfigurations() => Assert.True(Blocks.Count >= 10, $"{Blocks.Count} found");

    public void Dispose() => _files.Dispose();

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Repository.File("docs"), "*.md").Select(file => "docs/" + Path.GetFileName(file)).Order(StringComparer.Ordinal);

    private static List<string> Configurations(string page) =>
        [.. Block().Matches(File.ReadAllText(Repository.File(page))).Select(match => match.Groups["json"].Value)];

    private string WithCertificates(string text) =>
        CertificateFile().Replace(text, match => JsonSerializer.Serialize(match.Groups["kind"].Value switch
    {
        "key" => _files.ServerKeyFile,
        _ => _files.ServerFile,
    }));

    [GeneratedRegex("^```jsonc?\n(?<json>\\{.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("\"[a-z]+\\.(?<kind>pem|key)\"")]
    private static partial Regex CertificateFile();
}
