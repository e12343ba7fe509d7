using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using AspireLB.Balancing.Model;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.LoadBalancer.Tests;

/// <summary>
/// The folders of each project form floors: a type uses its own folder and the floors below it, never a neighbour and never a floor above.
/// References between projects are kept by the compiler; this keeps the order within a project, which also rules out circles.
/// </summary>
public class ArchitectureTests
{
    private static readonly Architecture Architecture =
        new ArchLoader().LoadAssemblies(typeof(EventLoopGroup).Assembly, typeof(Backend).Assembly, typeof(Program).Assembly).Build();

    /// <summary>The floors of each project, the lowest first. The empty name is the project's own folder.</summary>
    private static readonly Dictionary<string, string[][]> Floors = new()
    {
        ["AspireLB.EventLoops"] = [["Sockets"], ["Listening"], [""]],
        ["AspireLB.Balancing"] =
            [["Options"], ["Model"], ["Forwarding", "Picking", "Routing"], ["Configuring", "Health", "Observing"], ["Retrying"], [""]],
        ["AspireLB.LoadBalancer"] = [["Configuring", "Memory"], ["Accepting", "Observing"], ["Administering"], ["Commands"], [""]],
    };

    public static TheoryData<string> Projects => [.. Floors.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_EachType_UsesOnlyItsOwnFolderAndFloorsBelow(string project)
    {
        var types = TypesOf(project).ToList();
        var wrong = types.SelectMany(type => type.Dependencies)
            .Where(use => use.Target is not GenericParameter && IsWithin(use.Target, project))
            .Where(use => !MayUse(project, FolderOf(use.Origin, project), FolderOf(use.Target, project)))
            .Select(use => $"{use.Origin.FullName} uses {use.Target.FullName}")
            .Distinct();

        Assert.NotEmpty(types);
        Assert.True(!wrong.Any(), string.Join(Environment.NewLine, wrong));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_EachOne_StandsOnAFloor(string project) =>
        Assert.Equal(Floors[project].SelectMany(floor => floor).Order(), TypesOf(project).Select(type => FolderOf(type, project)).Distinct().Order());

    private static IEnumerable<IType> TypesOf(string project) => Architecture.Types.Where(type => IsWithin(type, project));

    private static bool IsWithin(IType type, string project) =>
        type.Namespace?.FullName is { } name && (name == project || name.StartsWith(project + ".", StringComparison.Ordinal));

    /// <summary>The stage that a type belongs to: the first folder below the project. Folders within a stage belong to it.</summary>
    private static string FolderOf(IType type, string project) =>
        type.Namespace.FullName[project.Length..].TrimStart('.').Split('.')[0];

    private static bool MayUse(string project, string user, string used) => user == used || FloorOf(project, used) < FloorOf(project, user);

    private static int FloorOf(string project, string folder) => Array.FindIndex(Floors[project], floor => floor.Contains(folder));
}
