namespace AspireLB.LoadBalancer.Commands;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Help
{
    public const string Text = """
        LoadBalancer: an HTTP load balancer on YARP.

        Usage:
          LoadBalancer [--Key value …]      run; without options: http://localhost:8080 before http://localhost:5001 … 5005
          LoadBalancer health               ask a running balancer whether it is ready (exit code 0 or 1)
          LoadBalancer check FILE           check a configuration file and print what it amounts to
          LoadBalancer diff FILE            print what applying it would change for a balancer started here
          LoadBalancer schema               print the JSON schema of the configuration
          LoadBalancer dashboard | alerts   print a Grafana dashboard, Prometheus alert rules for its metrics
          LoadBalancer --help | --version

        Common options (each is a configuration key: also in appsettings.json, or in the environment with __ for the colon):
          --Urls http://*:8080              where to listen for traffic
          --Backends URL,URL,…              the servers behind it
          --Admin:Urls http://127.0.0.1:9090   where health, metrics and the admin API listen
          --Admin:Token TOKEN               required for the admin listener on anything but a loopback address, or else:
          --Admin:Tls:ClientCa FILE         takes only clients with a certificate; with Tls:Certificate, Tls:Key and an https address
          --Admin:StateFile FILE            keeps what is changed at run time over a restart
          --LoadBalancer:AccessLog:Format Json   a line for each request (or Combined); File, MaxFileBytes, KeptFiles beside it
          --LoadBalancer:Policy NAME        RoundRobin (default), LeastRequests, PowerOfTwoChoices, Random, FirstAlphabetical
          --LoadBalancer:Health:Active:Path /health       what is probed; Interval, Timeout, Method, Rise, Fall, Jitter, DownInterval beside it
          --LoadBalancer:Retry:MaxAttempts 3              attempts a request may make in all
          --LoadBalancer:Limits:MaxInFlightPerBackend 100   a cap, with a queue (QueueLength, QueueTimeout) before it; Adaptive: true
          --LoadBalancer:Shutdown:Delay 00:00:05          keep serving this long after SIGTERM, not ready; then Grace to finish
          --LoadBalancer:Timeouts:Connect 00:00:02        also ResponseHead, Idle
          --ReverseProxy:…                  any YARP configuration

        Example:
          LoadBalancer --Backends http://10.0.0.1:5000,http://10.0.0.2:5000 --Urls http://*:80

        Exit codes: 0 stopped as asked, 2 the configuration or an address to listen on can't be used.
        """;
}
