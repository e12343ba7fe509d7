using AspireLB.Balancing.Model;
using FsCheck;
using FsCheck.Fluent;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class ProbeVerdictTests
{
    /// <summary>Writes probes as + and −, and the verdict after each as ? (unknown), U (up) or D (down).</summary>
    [Theory]
    [InlineData(1, 2, "+", "U")]
    [InlineData(3, 3, "+", "U")] // the first probe decides, regardless of rise
    [InlineData(3, 3, "-", "D")] // and regardless of fall
    [InlineData(1, 2, "+-+-+--", "UUUUUUD")]
    [InlineData(1, 2, "--+", "DDU")]
    [InlineData(3, 1, "-++-+++-", "DDDDDDUD")]
    [InlineData(2, 3, "+--+---+-++", "UUUUUUDDDDU")]
    [InlineData(1, 1, "+-+-", "UDUD")]
    public void After_Probes_RiseAndFallDecide(int rise, int fall, string probes, string verdicts)
    {
        var verdict = ProbeVerdict.Unknown;
        var seen = new List<char>();
        foreach (var probe in probes)
        {
            verdict = verdict.After(probe == '+', rise, fall);
            seen.Add(Letter(verdict.Health));
        }

        Assert.Equal(verdicts, string.Concat(seen));
    }

    // The verdict changes if and only if enough consecutive probes contradict it.
    [Fact]
    public void After_AnyProbes_ChangesOnlyOnARun()
    {
        var cases =
            from probes in Gen.Elements(true, false).NonEmptyListOf()
            from rise in Gen.Choose(1, 4)
            from fall in Gen.Choose(1, 4)
            select (probes.ToArray(), rise, fall);

        Prop.ForAll(cases.ToArbitrary(), one => Holds(one.Item1, one.rise, one.fall)).QuickCheckThrowOnFailure();
    }

    private static bool Holds(bool[] probes, int rise, int fall)
    {
        var verdict = ProbeVerdict.Unknown.After(probes[0], rise, fall);
        var since = 1; // probes since the last change
        for (var i = 1; i < probes.Length; i++)
        {
            var needed = probes[i] ? rise : fall;
            var against = probes[i] != (verdict.Health == ProbedHealth.Healthy);
            var run = against && since >= needed - 1 && probes[(i - needed + 1)..(i + 1)].All(probe => probe == probes[i]);
            var next = verdict.After(probes[i], rise, fall);
            if ((next.Health != verdict.Health) != run)
                return false;
            since = run ? 1 : since + 1;
            verdict = next;
        }

        return true;
    }

    private static char Letter(ProbedHealth health) => health switch { ProbedHealth.Healthy => 'U', ProbedHealth.Unhealthy => 'D', _ => '?' };
}
