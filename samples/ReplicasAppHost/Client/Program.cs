// Sends requests to the balancer and prints how many each replica served. Aspire passes the balancer's address in the environment.
var address = args is [var given, ..] ? given : Environment.GetEnvironmentVariable("services__lb__http__0") ?? "http://localhost:8080";
const int Requests = 3000;

using var client = new HttpClient { BaseAddress = new Uri(address) };
var answers = new SortedDictionary<string, int>();
var failed = 0;
for (var i = 0; i < Requests; i++)
{
    using var response = await client.GetAsync("/");
    if (response.IsSuccessStatusCode)
    {
        var replica = (await response.Content.ReadAsStringAsync()).Trim();
        answers[replica] = answers.GetValueOrDefault(replica) + 1;
    }
    else
    {
        failed++;
    }
}

foreach (var (replica, count) in answers)
    Console.WriteLine($"{replica,-16} {count,6}");
Console.WriteLine($"{"failed",-16} {failed,6}");
