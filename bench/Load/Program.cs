using AspireLB.Load;

switch (args)
{
    case ["load", .. var rest]:
        Console.WriteLine(new LoadRun(Options.Parse(rest)).Run().ToJson());
        return 0;
    case ["idle", .. var rest]:
        new IdleRun(Options.Parse(rest)).Run();
        return 0;
    case ["sink", var ports]:
        new Sink().Serve(ports.Split(',').Select(int.Parse));
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: Load load --port N [--path /] [--connections 64] [--seconds 3] [--warmup 0.3] [--requests 0]
                             [--rate 0] [--body 0] [--expect 54] [--new-connections false]
                   Load idle --port N [--connections 4000]
                   Load sink PORT,PORT
            """);
        return 2;
}
