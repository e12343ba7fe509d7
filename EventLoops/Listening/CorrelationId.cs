namespace AspireLB.EventLoops.Listening;

/// <summary>CorrelationId makes short connection ids that are unique within the process. A connection makes its id on first use.</summary>
internal static class CorrelationId
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private static long _last = Environment.TickCount64 << 20;

    public static string Next() => string.Create(13, Interlocked.Increment(ref _last), static (text, value) =>
    {
        for (var i = text.Length - 1; i >= 0; i--, value >>= 5)
            text[i] = Digits[(int)(value & 31)];
    });
}
