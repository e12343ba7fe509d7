using System.Globalization;
using AspireLB.LoadBalancer.Simulator;
using AspireLB.LoadBalancer.Simulator.Scenarios;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var seed = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1;

Table.Print(
    "Retry storm: all backends four times as slow for 10 s, 1,400 requests/s, per-attempt timeout 1 s",
    ["retries", "attempts per request meanwhile", "served meanwhile", "99 % served again after", "served in the 60 s after"],
    RetryStorm.Run(seed, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)).Select(row => new[]
    {
        row.Retries, $"{row.AttemptsPerRequest:0.00}", $"{row.ServedDuring:0.0%}",
        row.RecoveredAfter is { } time ? $"{time.TotalSeconds:0} s" : "not within 60 s", $"{row.ServedAfter:0.0%}",
    }));
Table.Print(
    "Thundering herd: one of five comes back with cold caches, 1,300 requests/s, the 30 s after its return",
    ["slow start", "median", "p99", "most requests in it", "served", "ejections of it"],
    ThunderingHerd.Run(seed).Select(row => new[]
    {
        row.SlowStart, Table.Milliseconds(row.Median), Table.Milliseconds(row.P99),
        $"{row.MostInside:#,0}", $"{row.Served:0.00%}", $"{row.Ejections}",
    }));
Table.Print(
    "Slow backend: one of five turns ten times as slow, 1,200 requests/s, the 60 s from then",
    ["policy", "adaptive limit", "median", "p99", "most requests in it", "its share of requests", "served"],
    SlowBackend.Run(seed, TimeSpan.FromSeconds(60)).Select(row => new[]
    {
        row.Policy, row.Limit, Table.Milliseconds(row.Median), Table.Milliseconds(row.P99),
        $"{row.MostInside:#,0}", $"{row.Share:0.0%}", $"{row.Served:0.00%}",
    }));
