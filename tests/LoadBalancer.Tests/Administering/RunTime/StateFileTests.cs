using AspireLB.LoadBalancer.Administering.RunTime;

namespace AspireLB.LoadBalancer.Tests.Administering.RunTime;

public sealed class StateFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-statefile-");

    [Fact]
    public void Save_State_IsRestoredAndReadableByTheOwnerOnly()
    {
        var path = Path.Combine(_directory.FullName, "state.json");
        var state = RunTimeState.Empty with { Configuration = "{}", Confirmed = "{}" };

        new StateFile(path).Save(state);

        Assert.Equal("{}", new StateFile(path).Load().Configuration);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
