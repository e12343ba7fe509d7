namespace AspireLB.AppHost.Embedded.Running;

/// <summary>
/// How a resource is started, and what there is to remove when its process has ended: a container may outlive the command that ran it.
/// </summary>
internal sealed record ResourceStart(ProcessCommand Command, Func<Task> RemoveAsync)
{
    public static ResourceStart OfProcess(ProcessCommand command) => new(command, () => Task.CompletedTask);
}
