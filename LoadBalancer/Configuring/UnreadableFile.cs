namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Says in one sentence which configuration file can't be read, why, and where in it.</summary>
internal static class UnreadableFile
{
    // The outermost exception names the file, the innermost the place.
    public static string Describe(InvalidDataException exception) =>
        exception.InnerException is null ? exception.Message : $"{exception.Message.TrimEnd('.')}: {exception.GetBaseException().Message}";
}
