using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace AspireLB.Balancing.Model;

/// <summary>
/// ReusedAsyncMethodBuilder builds async methods whose state machines are pooled. The framework's pooling builder keeps one for each thread, which is
/// too few where one thread has hundreds of requests in flight; this builder keeps up to 512. As with any pooled <see cref="ValueTask{TResult}"/>,
/// await a result exactly once.
/// </summary>
internal struct ReusedAsyncMethodBuilder<TResult>
{
    private Machine? _machine;
    private Exception? _exception;
    private TResult _result;

    public static ReusedAsyncMethodBuilder<TResult> Create() => default;

    public readonly ValueTask<TResult> Task =>
        _machine is not null ? new(_machine, _machine.Version)
        : _exception is not null ? ValueTask.FromException<TResult>(_exception)
        : new(_result);

    /// <summary>Runs the method up to its first await. Its changes to the execution context do not reach the caller.</summary>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => default(AsyncTaskMethodBuilder).Start(ref stateMachine);

    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    public void SetResult(TResult result)
    {
        if (_machine is null)
            _result = result;
        else
            _machine.SetResult(result);
    }

    public void SetException(Exception exception)
    {
        if (_machine is null)
            _exception = exception;
        else
            _machine.SetException(exception);
    }

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(Continue(ref stateMachine));

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(Continue(ref stateMachine));

    private Action Continue<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_machine is not null)
            return _machine.Continuation();

        // The state machine contains this builder, so set the builder's field before copying the state machine.
        var machine = Machine<TStateMachine>.Rent();
        _machine = machine;
        machine.State = stateMachine;
        return machine.Continuation();
    }

    private abstract class Machine : IValueTaskSource<TResult>
    {
        private readonly Action _moveNext;
        private ManualResetValueTaskSourceCore<TResult> _source;
        private ExecutionContext? _context;

        protected Machine() => _moveNext = MoveNext;

        public short Version => _source.Version;

        public Action Continuation()
        {
            _context = ExecutionContext.Capture();
            return _moveNext;
        }

        public void SetResult(TResult result) => _source.SetResult(result);

        public void SetException(Exception exception) => _source.SetException(exception);

        public TResult GetResult(short token)
        {
            // GetStatus throws if the result was already taken, so the machine can't be returned to the pool twice.
            if (_source.GetStatus(token) == ValueTaskSourceStatus.Pending)
                throw new InvalidOperationException("The result is not available yet: await it.");

            try
            {
                return _source.GetResult(token);
            }
            finally
            {
                _source.Reset();
                _context = null;
                Return();
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        protected abstract void Advance();

        protected abstract void Return();

        private void MoveNext()
        {
            if (_context is null)
                Advance();
            else
                ExecutionContext.Run(_context, static machine => ((Machine)machine!).Advance(), this);
        }
    }

    private sealed class Machine<TStateMachine> : Machine
        where TStateMachine : IAsyncStateMachine
    {
        private const int MaxKept = 512;

        [ThreadStatic]
        private static Stack<Machine<TStateMachine>>? _kept;

        public TStateMachine? State;

        public static Machine<TStateMachine> Rent() => _kept is { Count: > 0 } kept ? kept.Pop() : new();

        protected override void Advance() => State!.MoveNext();

        protected override void Return()
        {
            State = default;
            var kept = _kept ??= new();
            if (kept.Count < MaxKept)
                kept.Push(this);
        }
    }
}
