namespace AspireLB.LoadBalancer.Commands;

/// <summary>The text that <c>--help</c> prints.</summary>
internal static class Help
{
    public const string Text = """
        LoadBalancer: an HTTP load balancer on YARP.

        Usage:
          LoadBalancer [--Key value …]      run; without options, http://localhost:8080 balances http://localhost:5001 … 5005
          LoadBalancer health               ask a running balancer whether it is ready (exit code 0 or 1)
          LoadBalancer check FILE           check a configuration file and print the resulting configuration
          LoadBalancer diff FILE            print what the file would change for a balancer started here
          LoadBalancer schema               print the JSON schema of the configuration
          LoadBalancer dashboard | alerts   print a Grafana dashboard, or Prometheus alert rules, for the balancer's metrics
          LoadBalancer --help | --version

        Common options (each is a configuration key: also in appsettings.json, or in the environment with __ for the colon):
          --Urls http://*:8080              addresses to listen on for traffic
          --Backends URL,URL,…              the backends
          --Admin:Urls http://127.0.0.1:9090   addresses of health, metrics and the admin API
          --Admin:Token TOKEN               required if the admin listener is not on a loopback address, unless:
          --Admin:Tls:ClientCa FILE         requires a client certificate; needs Tls:Certificate, Tls:Key and an https address
          --Admin:StateFile FILE            keeps run-time changes across restarts
          --LoadBalancer:AccessLog:Format Json   one line per request (or Combined); also File, MaxFileBytes, KeptFiles
          --LoadBalancer:Policy NAME        RoundRobin (default), LeastRequests, PowerOfTwoChoices, Random, FirstAlphabetical
          --LoadBalancer:Health:Active:Path /health       path to probe; also Interval, Timeout, Method, Rise, Fall, Jitter, DownInterval
          --LoadBalancer:Retry:MaxAttempts 3              maximum number of attempts per request
          --LoadBalancer:Limits:MaxInFlightPerBackend 100   a cap with a queue (QueueLength, QueueTimeout) in front; or Adaptive: true
          --LoadBalancer:Shutdown:Delay 00:00:05          keep serving this long after SIGTERM while not ready; then Grace to finish
          --LoadBalancer:Timeouts:Connect 00:00:02        also ResponseHead, Idle
          --ReverseProxy:…                  any YARP configuration

        Example:
          LoadBalancer --Backends http://10.0.0.1:5000,http://10.0.0.2:5000 --Urls http://*:80

        Exit codes: 0 stopped on request, 2 the configuration or a listen address can't be used.
        """;
}
