namespace AspireLB.EventLoops.Listening;

/// <summary>Short names of connections, each given once in the life of the process; made only when somebody asks.</summary>
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
