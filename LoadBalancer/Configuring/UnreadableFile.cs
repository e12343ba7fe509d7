namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Describes in one sentence which configuration file can't be read, why, and at which position.</summary>
internal static class UnreadableFile
{
    // The outermost exception names the file, the innermost the position.
    public static string Describe(InvalidDataException exception) =>
        exception.InnerException is null ? exception.Message : $"{exception.Message.TrimEnd('.')}: {exception.GetBaseException().Message}";
}
