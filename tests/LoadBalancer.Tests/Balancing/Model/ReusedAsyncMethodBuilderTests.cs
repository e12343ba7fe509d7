using System.Runtime.CompilerServices;
using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class ReusedAsyncMethodBuilderTests
{
    private readonly AsyncLocal<int> _local = new();

    [Fact]
    public async Task Await_ManyAtOnce_EachGetsItsOwnResult()
    {
        for (var round = 0; round < 20; round++)
        {
            var gate = new TaskCompletionSource();
            var running = Enumerable.Range(0, 1000).Select(i => AddAsync(i, gate.Task).AsTask()).ToArray();
            gate.SetResult();
            Assert.Equal(Enumerable.Range(1, 1000), await Task.WhenAll(running));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Await_MethodThrows_ThrowsTheException(bool afterAWait)
    {
        var failing = FailAsync(afterAWait);

        Assert.Equal("on purpose", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await failing)).Message);
    }

    [Fact]
    public async Task GetResult_ASecondTimeOrTooSoon_ThrowsWithoutAffectingOthers()
    {
        var gate = new TaskCompletionSource();
        var first = AddAsync(1, gate.Task);
        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().GetResult());
        gate.SetResult();
        Assert.Equal(2, await first);

        var anotherGate = new TaskCompletionSource();
        var second = AddAsync(10, anotherGate.Task);
        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().GetResult());
        anotherGate.SetResult();
        Assert.Equal(11, await second);
    }

    [Fact]
    public async Task Await_ExecutionContext_IsTheMethodsOwn()
    {
        _local.Value = 1;
        var gate = new TaskCompletionSource();
        var running = ChangeLocalAsync(gate.Task);
        Assert.Equal(1, _local.Value);
        gate.SetResult();

        Assert.Equal(2, await running);
        Assert.Equal(1, _local.Value);
    }

    [AsyncMethodBuilder(typeof(ReusedAsyncMethodBuilder<>))]
    private static async ValueTask<int> AddAsync(int number, Task gate)
    {
        await gate;
        await Task.Yield();
        return number + 1;
    }

    [AsyncMethodBuilder(typeof(ReusedAsyncMethodBuilder<>))]
    private static async ValueTask<int> FailAsync(bool afterAWait)
    {
        if (afterAWait)
            await Task.Yield();
        throw new InvalidOperationException("on purpose");
    }

    [AsyncMethodBuilder(typeof(ReusedAsyncMethodBuilder<>))]
    private async ValueTask<int> ChangeLocalAsync(Task gate)
    {
        _local.Value = 2;
        await gate;
        return _local.Value;
    }
}
