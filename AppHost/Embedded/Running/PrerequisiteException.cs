namespace AspireLB.AppHost.Embedded.Running;

/// <summary>Something that the application needs is missing, or was set wrongly. The message is a sentence for people that says what to do.</summary>
internal sealed class PrerequisiteException(string message) : Exception(message);
